import { Observable } from 'rxjs';
import type { ModelClient, ModelDelta, ModelRequest } from './model-client.js';

/**
 * A model client that is loaded when it is first used: the `openai` package takes 30 MB and a tenth of a second, which a server that
 * has just started does not need.
 */
export class LazyModelClient implements ModelClient {
  #loading: Promise<ModelClient> | undefined;

  constructor(private readonly load: () => Promise<ModelClient>) {}

  stream(request: ModelRequest): Observable<readonly ModelDelta[]> {
    return new Observable((subscriber) => {
      (this.#loading ??= this.load())
        .then((client) => {
          // The subscriber itself, and not one more between the two for each chunk.
          if (!subscriber.closed) client.stream(request).subscribe(subscriber);
        })
        .catch((error: unknown) => subscriber.error(error));
    });
  }
}
