import type { RunEvent } from '../../src/protocol/run-event.js';
import { isTerminal } from '../../src/protocol/run-event.js';

/**
 * What is wrong with the log of a run, in words; empty when it keeps the rules of docs/protocol.md: seq without a hole, one
 * terminal event and that last, every part, message, call and node begun once, ended once, and never touched outside.
 */
export function faultsOf(run: readonly RunEvent[]): string[] {
  const faults: string[] = [];
  const open = new Map<string, string>();
  const begun = new Set<string>();
  /** The calls of the client's tools, which end when they are handed over. */
  const handedOver = new Set<string>();
  run.forEach((event, index) => {
    if (event.seq !== index + 1) faults.push(`seq ${event.seq} at ${index}`);
    if (isTerminal(event) !== (index === run.length - 1)) faults.push(`${event.type} at ${index}`);
    if (event.type === 'step.reset') {
      for (const [key, step] of open) if (step === event.step_id) open.delete(key);
      return;
    }
    const key = partOf(event);
    if (key === null) return;
    if (event.type.endsWith('.started')) {
      if (begun.has(key)) faults.push(`${key} began twice`);
      begun.add(key);
      open.set(key, 'step_id' in event && event.step_id !== undefined ? event.step_id : '');
    } else if (!open.has(key)) faults.push(`${event.type} without ${key}`);
    if (event.type === 'tool_call.started' && event.executor === 'client') handedOver.add(key);
    const isHandedOver = event.type === 'tool_call.ready' || event.type === 'tool_call.invalid';
    if (
      event.type.endsWith('.ended') ||
      event.type === 'tool_result' ||
      (isHandedOver && handedOver.has(key))
    )
      open.delete(key);
  });
  return [...faults, ...[...open.keys()].map((key) => `${key} is open at the end`)];
}

function partOf(event: RunEvent): string | null {
  // An agent that was called as a tool names the call, too.
  if (event.type === 'node.started') return `node ${event.node_run_id}`;
  if ('part_id' in event) return `part ${event.part_id}`;
  if ('tool_call_id' in event) return `call ${event.tool_call_id}`;
  if (event.type.startsWith('message.') && 'message_id' in event) return `message ${event.message_id}`;
  if (event.type.startsWith('node.') && 'node_run_id' in event) return `node ${event.node_run_id}`;
  return null;
}
