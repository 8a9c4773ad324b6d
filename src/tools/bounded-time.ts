import { createContext, Script } from 'node:vm';

const script = new Script('work()', { filename: 'bounded-time' });
const context = createContext({ work: undefined as (() => void) | undefined });

const MAX_ATTEMPTS = 10;

/**
 * Runs synchronous work, and throws an Error with the code ERR_SCRIPT_EXECUTION_TIMEOUT when it takes longer than `ms`. V8 then
 * stops it wherever it is, a backtracking regular expression included, which nothing else in the process can do.
 *
 * V8 looks at the clock on the wall. On a busy machine that runs on while this thread waits for its turn, or collects garbage,
 * so the work counts as too slow only when its attempts used half as much processor time again. It must be safe to repeat.
 * Costs about 0.2 ms.
 */
export function withinTime<T>(ms: number, work: () => T): T {
  let usedMs = 0;
  for (let attempt = 1; ; attempt += 1) {
    const before = process.threadCpuUsage();
    try {
      return runOnce(ms, work);
    } catch (error) {
      if (!isOutOfTime(error)) throw error;
      const { user, system } = process.threadCpuUsage(before);
      usedMs += (user + system) / 1000;
      if (usedMs >= ms * 1.5 || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

export function isOutOfTime(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

function runOnce<T>(ms: number, work: () => T): T {
  let result: { value: T } | undefined;
  context['work'] = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: ms });
  } finally {
    context['work'] = undefined;
  }
  if (!result) throw new Error('The work did not run.');
  return result.value;
}
