import { getEventListeners } from 'node:events';
import { concat, defer, EMPTY, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import type { RunEventBody } from '../protocol/run-event.js';
import { execute } from './execute.js';

const warning = (code: string): RunEventBody[] => [{ type: 'warning', code, message: '' }];

function run(work: Observable<readonly RunEventBody[]>, abort = new AbortController()) {
  const written: string[] = [];
  const outcome = execute(work, abort, (bodies) => {
    for (const body of bodies) if (body.type === 'warning') written.push(body.code);
  });
  return { outcome, written, abort };
}

describe('execute', () => {
  test('[RUN-01] hands on every batch and says how the work ended', async () => {
    const completed = run(of(warning('a'), warning('b')));
    expect(await completed.outcome).toEqual({});
    expect(completed.written).toEqual(['a', 'b']);
    const failure = new Error('no');
    const failed = run(
      concat(
        of(warning('a')),
        throwError(() => failure),
      ),
    );
    expect(await failed.outcome).toEqual({ error: failure });
    expect(failed.written).toEqual(['a']);
    expect(await run(EMPTY).outcome).toEqual({});
  });

  test('[RUN-12] an abort ends it at once with its reason, unsubscribes, and writes nothing more', async () => {
    const subject = new Subject<readonly RunEventBody[]>();
    const reason = new Error('stop');
    const { outcome, written, abort } = run(subject);
    subject.next(warning('a'));
    abort.abort(reason);
    subject.next(warning('b'));
    expect(await outcome).toEqual({ error: reason });
    expect(subject.observed).toBe(false);
    expect(written).toEqual(['a']);
  });

  test('[RUN-12] what was aborted before it began is never begun', async () => {
    const abort = new AbortController();
    abort.abort(new Error('early'));
    let begun = false;
    const work = new Observable<readonly RunEventBody[]>(() => void (begun = true));
    expect(await run(work, abort).outcome).toEqual({ error: new Error('early') });
    expect(begun).toBe(false);
  });

  test('[RUN-12] an error that the abort made is told as the abort', async () => {
    const abort = new AbortController();
    const reason = new Error('stop');
    const work = new Observable<readonly RunEventBody[]>((subscriber) => {
      abort.signal.addEventListener('abort', () => subscriber.error(new Error('socket closed')));
    });
    const { outcome } = run(work, abort);
    abort.abort(reason);
    expect(await outcome).toEqual({ error: reason });
  });

  test('[RUN-01] an error thrown in the work is an outcome', async () => {
    const thrown = new Observable<readonly RunEventBody[]>(() => {
      throw new Error('thrown');
    });
    expect(await run(thrown).outcome).toEqual({ error: new Error('thrown') });
  });

  test('[RUN-01] what is thrown while an event is written ends this run, and nothing else', async () => {
    const subject = new Subject<readonly RunEventBody[]>();
    const outcome = execute(subject, new AbortController(), () => {
      throw new Error('not writable');
    });
    subject.next(warning('a'));
    expect(await outcome).toEqual({ error: new Error('not writable') });
    expect(subject.observed).toBe(false);
  });

  test('[RUN-12] leaves no listener on the signal', async () => {
    for (const work of [of(warning('a')), throwError(() => new Error('no')), NEVER]) {
      const abort = new AbortController();
      const { outcome } = run(work, abort);
      if (work === NEVER) abort.abort(new Error('x'));
      await outcome;
      expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    }
  });

  test('[RUN-12] what `write` throws ends the work before it goes on', async () => {
    const abort = new AbortController();
    const reason = new Error('the log refused it');
    let called = false;
    const work = concat(
      of(warning('a')),
      defer(() => {
        // A tool looks at the signal before it is called.
        called = !abort.signal.aborted;
        return NEVER;
      }),
    );
    const outcome = execute(work, abort, () => {
      throw reason;
    });
    expect(await outcome).toEqual({ error: reason });
    expect(called).toBe(false);
  });

  test('[RUN-12] an abort while the work begins leaves nothing behind', async () => {
    const abort = new AbortController();
    let closed = false;
    const work = new Observable<readonly RunEventBody[]>(() => {
      abort.abort(new Error('now'));
      return () => (closed = true);
    });
    expect(await execute(work, abort, () => undefined)).toEqual({ error: new Error('now') });
    expect(closed).toBe(true);
  });
});
