import { Observable } from 'rxjs';
import { MillraceError } from '../protocol/error-code.js';
import { AttemptFailure } from './attempt-failure.js';
import { ChatStreamReader } from './chat-stream-reader.js';
import type { ModelDelta } from './model-client.js';
import { readBody } from './response-body.js';
import type { BodySubscription } from './response-body.js';
import { SilenceClock } from './silence-clock.js';

export interface ModelClocks {
  /** From the request to the first event. */
  firstChunkMs: number;
  /** Between two events. Comments are not events: a provider that only says that it is busy is silent. */
  gapMs: number;
}

/** How long to wait for a usage chunk after the finish reason, if the provider leaves the stream open. */
const DRAIN_MS = 5000;

/** Its `then` is a microtask, which costs less than a tick of Node's. */
const settled = Promise.resolve();

/**
 * Makes one request and reads its stream to the end. `open` makes the request; its signal aborts it.
 *
 * Errors with an AttemptFailure. Once the provider has given its finish reason the answer is whole, so a broken connection, a
 * silence or garbage after that only ends it. Unsubscribing closes the socket at once.
 */
export function streamAttempt(
  open: (signal: AbortSignal) => Promise<Response>,
  clocks: ModelClocks,
  secrets: readonly string[] = [],
): Observable<readonly ModelDelta[]> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    const clock = new SilenceClock();
    const reader = new ChatStreamReader(secrets);
    let body: BodySubscription | undefined;
    let flushPlanned = false;

    const flush = () => {
      flushPlanned = false;
      if (subscriber.closed) return;
      const deltas = reader.take();
      if (deltas.length > 0) subscriber.next(deltas);
    };
    const fail = (error: unknown) => {
      flush();
      subscriber.error(AttemptFailure.from(error));
    };
    const end = () => {
      try {
        reader.end();
      } catch (error) {
        return fail(error);
      }
      flush();
      subscriber.complete();
    };
    const endOrFail = (error: unknown) => (reader.finished ? end() : fail(error));

    const bytes = (chunk: Uint8Array) => {
      const eventsBefore = reader.events;
      try {
        reader.push(chunk);
      } catch (error) {
        return endOrFail(error);
      }
      if (reader.done) return end();
      if (reader.events > eventsBefore) watch(eventsBefore === 0);
      // One read of the socket may hold many chunks of HTTP; they come in one call of its parser, and go out as one.
      if (!flushPlanned) void settled.then(flush);
      flushPlanned = true;
    };
    let draining = false;
    const watch = (isFirst: boolean) => {
      if (reader.finished && !draining) {
        draining = true;
        clock.restart(Math.min(DRAIN_MS, clocks.gapMs), end);
      } else if (isFirst) {
        clock.restart(clocks.gapMs, () => fail(new MillraceError('chunk_gap_timeout')));
      } else {
        clock.touch();
      }
    };

    clock.restart(clocks.firstChunkMs, () => fail(new MillraceError('first_chunk_timeout')));
    open(abort.signal).then(
      (response) => {
        const cut = (error: unknown) => endOrFail(new MillraceError('upstream_cut', { cause: error }));
        body = readBody(response, { bytes, end, cut });
        if (subscriber.closed) body.close();
      },
      (error: unknown) => {
        if (!subscriber.closed) fail(error);
      },
    );

    return () => {
      clock.stop();
      if (reader.done) body?.release();
      else body?.close();
      if (!reader.done) abort.abort();
    };
  });
}
