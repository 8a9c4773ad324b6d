import type { ChildProcess } from 'node:child_process';

/** Groups that live now. When this process exits without having closed them, they go with it. */
const groups = new Set<number>();

function endAll(): void {
  for (const group of groups) signalGroup(group, 'SIGKILL');
}

/** Remembers the group of a child that was spawned `detached`, until `endGroup`. */
export function beginGroup(group: number): void {
  if (groups.size === 0) process.once('exit', endAll);
  groups.add(group);
}

/** Ends every process that the group still has, whether its leader lives or not. */
export function endGroup(group: number): void {
  signalGroup(group, 'SIGKILL');
  groups.delete(group);
  if (groups.size === 0) process.removeListener('exit', endAll);
}

/** Signals a child and everything it started, where the system has process groups; else the child alone. */
export function signalChild(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') child.kill(signal);
  else signalGroup(child.pid, signal);
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') return;
  try {
    process.kill(-group, signal);
  } catch {
    // The group is empty.
  }
}
