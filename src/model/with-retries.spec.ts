import { lastValueFrom, toArray } from 'rxjs';
import { MillraceError } from '../protocol/error-code.js';
import { AttemptFailure } from './attempt-failure.js';
import type { CallMeter } from './call-meter.js';
import type { ModelDelta } from './model-client.js';
import type { AttemptSink } from './stream-attempt.js';
import { withRetries } from './with-retries.js';

const policy = { maxRetries: 2, baseMs: 1, random: () => 0 };
const text = (delta: string): ModelDelta => ({ type: 'text', delta });
const cut = new AttemptFailure(new MillraceError('upstream_cut'));

/** Attempts that go as they are told, one after the other, and what is told of them. */
class Call implements CallMeter {
  readonly told: string[] = [];
  readonly sinks: AttemptSink[] = [];
  stopped = 0;

  constructor(private readonly attempts: ((sink: AttemptSink) => void)[]) {}

  readonly attempt = (sink: AttemptSink) => {
    this.sinks.push(sink);
    const go = this.attempts[this.sinks.length - 1]!;
    setImmediate(() => go(sink));
    return { stop: () => void (this.stopped += 1) };
  };

  answering(): void {
    this.told.push('answering');
  }

  retrying(): void {
    this.told.push('retrying');
  }

  ended(outcome: string): void {
    this.told.push(outcome);
  }
}

const answers = (sink: AttemptSink) => {
  sink.deltas([text('a')]);
  sink.deltas([text('b')]);
  sink.ended();
};
const fails = (sink: AttemptSink) => sink.failed(cut);

const run = (call: Call) =>
  lastValueFrom(withRetries(call.attempt, policy, call).pipe(toArray())).catch((error: unknown) => error);

describe('[MODEL-01] withRetries', () => {
  it('passes an answer on, and tells the meter of its beginning and its end', async () => {
    const call = new Call([answers]);
    expect(await run(call)).toEqual([[text('a')], [text('b')]]);
    expect(call.told).toEqual(['answering', 'completed']);
  });

  it('announces an attempt before it waits for it', async () => {
    const call = new Call([fails, answers]);
    const retry = { type: 'retry', attempt: 2, reason: 'upstream_cut' };
    expect(await run(call)).toEqual([[retry], [text('a')], [text('b')]]);
    expect(call.told).toEqual(['retrying', 'answering', 'completed']);
  });

  it('gives up after the last one, with its own error', async () => {
    const call = new Call([fails, fails, fails]);
    expect(await run(call)).toBe(cut.error);
    expect(call.told).toEqual(['retrying', 'retrying', 'upstream_cut']);
  });

  it('repeats nothing that has given something', async () => {
    const call = new Call([(sink) => (sink.deltas([text('a')]), fails(sink))]);
    expect(await run(call)).toBe(cut.error);
    expect(call.told).toEqual(['answering', 'upstream_cut']);
  });

  it('repeats no fault of ours, and names it to nobody', async () => {
    const fault = new Error('a secret');
    const call = new Call([(sink) => sink.failed(fault)]);
    expect(await run(call)).toBe(fault);
    expect(call.told).toEqual(['internal']);
  });

  it('fails with what beginning an attempt throws', async () => {
    const fault = new Error('no such thing');
    const call = new Call([]);
    const broken = withRetries(
      () => {
        throw fault;
      },
      policy,
      call,
    );
    await expect(lastValueFrom(broken)).rejects.toBe(fault);
    expect(call.told).toEqual(['internal']);
  });

  it('stops the attempt when nobody listens any more', () => {
    const call = new Call([answers]);
    const subscription = withRetries(call.attempt, policy, call).subscribe();
    expect(call.told).toEqual([]);
    subscription.unsubscribe();
    expect([call.stopped, call.told]).toEqual([1, ['cancelled']]);
  });

  it('makes no further attempt when the one who listened leaves during the wait', async () => {
    const call = new Call([fails, answers]);
    const subscription = withRetries(call.attempt, { ...policy, baseMs: 5 }, call).subscribe(() =>
      subscription.unsubscribe(),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([call.sinks.length, call.told]).toEqual([1, ['retrying', 'cancelled']]);
  });

  it('is cold, and counts nothing before', () => {
    const call = new Call([answers]);
    withRetries(call.attempt, policy, call);
    expect([call.sinks.length, call.told]).toEqual([0, []]);
  });
});
