import type { Observable } from 'rxjs';
import type { RunEventBody } from '../protocol/run-event.js';
import { DirectObserver } from './direct-observer.js';
import type { Outcome } from './terminal-event.js';

type Batch = readonly RunEventBody[];

/**
 * Runs the work of a run to its end and hands each batch to `write`. Never rejects: how the work ended is the result. An abort ends it
 * at once, with the abort's reason, whatever the work is doing; what `write` throws is an abort. Unsubscribing closes the model call.
 */
export function execute(
  work: Observable<Batch>,
  abort: AbortController,
  write: (bodies: Batch) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const { signal } = abort;
    if (signal.aborted) return resolve({ error: signal.reason });
    const observer = new WorkObserver(abort, write, (outcome) => {
      signal.removeEventListener('abort', onAbort);
      resolve(outcome);
    });
    const onAbort = () => observer.end({ error: signal.reason });
    signal.addEventListener('abort', onAbort);
    work.subscribe(observer);
  });
}

class WorkObserver extends DirectObserver<Batch> {
  constructor(
    private readonly abort: AbortController,
    private readonly write: (bodies: Batch) => void,
    private readonly over: (outcome: Outcome) => void,
  ) {
    super();
  }

  end(outcome: Outcome): void {
    this.unsubscribe();
    this.over(outcome);
  }

  protected onNext(bodies: Batch): void {
    try {
      this.write(bodies);
    } catch (error) {
      // What works for the run is told at once: a tool would be called whose call nobody can read.
      this.abort.abort(error);
    }
  }

  protected onError(error: unknown): void {
    const { signal } = this.abort;
    queueMicrotask(() => this.over({ error: signal.aborted ? signal.reason : error }));
  }

  protected onComplete(): void {
    queueMicrotask(() => this.over({}));
  }
}
