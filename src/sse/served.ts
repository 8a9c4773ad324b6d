import type { Request, Response } from 'express';

/** What a handler of an `@EventStream()` route returns: it writes the response by itself. */
export interface Served {
  /**
   * Resolves when the response has begun, or is over. Rejects before anything was written, so that the error is answered as an ordinary
   * problem with its status.
   */
  serve(request: Request, response: Response): Promise<void>;
}

/** There is nothing to read, and that is no error. */
export const NOTHING_TO_READ: Served = {
  serve(_request, response) {
    response.status(204).end();
    return Promise.resolve();
  },
};
