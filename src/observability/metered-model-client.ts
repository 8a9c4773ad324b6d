import { defer, tap, type Observable } from 'rxjs';
import type { ModelClient, ModelDelta, ModelRequest } from '../model/model-client.js';
import { MillraceError } from '../protocol/error-code.js';
import { modelCalls, modelCallSeconds, modelFirstChunkSeconds, modelRetries } from './metrics.js';

/** Passes calls to a model client and counts them, their outcomes and their times. */
export class MeteredModelClient implements ModelClient {
  /** `isKnown` keeps names that a user made up out of the labels. */
  constructor(
    private readonly client: ModelClient,
    private readonly isKnown: (model: string) => boolean,
  ) {}

  stream(request: ModelRequest, signal: AbortSignal): Observable<readonly ModelDelta[]> {
    return defer(() => {
      const call = new Call(this.isKnown(request.model) ? request.model : 'unknown');
      return this.client.stream(request, signal).pipe(
        tap({
          next: (deltas) => call.next(deltas),
          complete: () => call.end('completed'),
          error: (error: unknown) => call.end(signal.aborted ? 'cancelled' : codeOf(error)),
          unsubscribe: () => call.end('cancelled'),
        }),
      );
    });
  }
}

class Call {
  readonly #start = performance.now();
  #answering = false;

  constructor(private readonly model: string) {}

  next(deltas: readonly ModelDelta[]): void {
    const { model } = this;
    for (const { type } of deltas) {
      if (type === 'retry') modelRetries.inc({ model });
      else if (type !== 'response' && !this.#answering) {
        this.#answering = true;
        modelFirstChunkSeconds.observe({ model }, this.#seconds());
      }
    }
  }

  end(outcome: string): void {
    const { model } = this;
    modelCalls.inc({ model, outcome });
    modelCallSeconds.observe({ model }, this.#seconds());
  }

  #seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }
}

function codeOf(error: unknown): string {
  return error instanceof MillraceError ? error.code : 'internal';
}
