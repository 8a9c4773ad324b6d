import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { authRefusals } from '../observability/metrics.js';
import { MillraceError } from '../protocol/error-code.js';
import { AUTHENTICATOR, Refusal, type Authenticator } from './authenticator.js';
import type { Owner } from './owner.js';

/** A reason is logged at most once in this time; the metrics count every one. */
const LOG_EVERY_MS = 10_000;

/** Finds the owner of a request, once a request, and turns away those that have none. */
@Injectable()
export class Identification {
  readonly #logger = new Logger(Identification.name);
  readonly #loggedAt = new Map<string, number>();

  constructor(@Inject(AUTHENTICATOR) private readonly authenticator: Authenticator) {}

  /** @throws MillraceError `unauthorized`, with the challenge set on the response */
  async owner(request: Request, response: Response): Promise<Owner> {
    try {
      request.owner ??= await this.authenticator.authenticate(request);
      return request.owner;
    } catch (error) {
      throw this.refused(error, request, response);
    }
  }

  /** Makes a 401 of a Refusal; any other error is given back as it is. */
  refused(error: unknown, request: Request, response: Response): unknown {
    if (!(error instanceof Refusal)) return error;
    const { reason } = error;
    authRefusals.inc({ reason });
    const now = Date.now();
    if (now - (this.#loggedAt.get(reason) ?? 0) >= LOG_EVERY_MS) {
      this.#loggedAt.set(reason, now);
      this.#logger.warn({ reason, peer: request.socket.remoteAddress }, 'A request was not authenticated');
    }
    response.setHeader('www-authenticate', this.authenticator.challenge);
    return new MillraceError('unauthorized', { detail: this.authenticator.hint });
  }
}
