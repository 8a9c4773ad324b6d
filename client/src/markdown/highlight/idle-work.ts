/** Small enough to leave a frame room for everything else. */
const SLICE_MS = 5;

const tasks: (() => boolean)[] = [];
let running = false;

/** Calls `step` again and again until it returns false or throws: in slices of a few milliseconds, between which the page answers. */
export function work(step: () => boolean): void {
  tasks.push(step);
  if (running) return;
  running = true;
  next();
}

function next(): void {
  const idle = globalThis.requestIdleCallback as typeof requestIdleCallback | undefined;
  // Safari has no idle callbacks.
  if (idle) idle(slice, { timeout: 200 });
  else setTimeout(slice, 16);
}

function slice(): void {
  const end = performance.now() + SLICE_MS;
  try {
    while (tasks.length > 0 && performance.now() < end) if (!tasks[0]!()) tasks.shift();
  } catch (error) {
    tasks.shift();
    throw error;
  } finally {
    running = tasks.length > 0;
    if (running) next();
  }
}
