import { defer, finalize, type Observable } from 'rxjs';
import { MillraceError } from '../../protocol/error-code.js';
import type { RunContext } from '../../run/run-program.js';
import { untilAborted } from '../../run/until-aborted.js';

export interface TimeLimit {
  /** Whose time it is, for people: `Node 'a'`. */
  what: string;
  /** Null or absent: as long as the run. */
  seconds?: number | null;
}

/** Does a piece of work that is aborted with its run, and fails with `node_timeout` when its own time is up. */
export function withinTime<T>(
  { what, seconds }: TimeLimit,
  context: RunContext,
  work: (context: RunContext) => Observable<T>,
): Observable<T> {
  return defer(() => {
    const { signal, stop } = clockOf(what, seconds, context.signal);
    return defer(() => work(context.with(signal))).pipe(untilAborted(signal), finalize(stop));
  });
}

function clockOf(what: string, seconds: number | null | undefined, signal: AbortSignal) {
  if (!seconds) return { signal, stop: () => {} };
  const own = new AbortController();
  const tooLate = () =>
    own.abort(
      new MillraceError('node_timeout', {
        detail: `${what} took longer than its limit of ${seconds} s. What had arrived is kept.`,
      }),
    );
  const timer = setTimeout(tooLate, seconds * 1000);
  return { signal: AbortSignal.any([signal, own.signal]), stop: () => clearTimeout(timer) };
}
