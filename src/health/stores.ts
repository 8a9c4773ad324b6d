import { Injectable } from '@nestjs/common';

/** What each store survives, for `GET /health`; whoever opens a store tells it. */
@Injectable()
export class Stores {
  readonly #texts = new Map<string, string>();

  /** @param survives a line without addresses: everybody may read it */
  tell(name: 'database' | 'log', survives: string): void {
    this.#texts.set(name, survives);
  }

  report(): Record<string, string> {
    return Object.fromEntries(this.#texts);
  }
}
