import { Observable, of, Subject, throwError } from 'rxjs';
import type { ModelDelta, ModelRequest } from '../model/model-client.js';
import { MillraceError } from '../protocol/error-code.js';
import { MeteredModelClient } from './metered-model-client.js';
import { modelCalls, modelFirstChunkSeconds, modelRetries, registry } from './metrics.js';

type Deltas = readonly ModelDelta[];
const request: ModelRequest = { model: 'm', messages: [], tools: [] };
const { signal } = new AbortController();

const metered = (stream: Observable<Deltas>) =>
  new MeteredModelClient({ stream: () => stream }, (model) => model === 'm');

async function outcomes(): Promise<Record<string, number>> {
  const { values } = await modelCalls.get();
  return Object.fromEntries(values.map(({ labels, value }) => [`${labels.model} ${labels.outcome}`, value]));
}

async function firstChunks(): Promise<number> {
  const { values } = await modelFirstChunkSeconds.get();
  return values.find(({ metricName }) => metricName?.endsWith('_count'))?.value ?? 0;
}

describe('MeteredModelClient', () => {
  beforeEach(() => registry.resetMetrics());

  it('passes everything on and counts a whole answer', async () => {
    const answer: Deltas[] = [
      [{ type: 'retry', attempt: 2, reason: 'x' }],
      [{ type: 'response', response_id: 'r' }],
      [{ type: 'text', delta: 'a' }],
      [
        { type: 'text', delta: 'b' },
        { type: 'finish', finish_reason: 'stop' },
      ],
    ];
    const seen: Deltas[] = [];
    metered(of(...answer))
      .stream(request, signal)
      .subscribe((deltas) => seen.push(deltas));
    expect(seen).toEqual(answer);
    expect(await outcomes()).toEqual({ 'm completed': 1 });
    expect(await firstChunks()).toBe(1);
    expect((await modelRetries.get()).values).toEqual([{ labels: { model: 'm' }, value: 1 }]);
  });

  it('is cold: a call counts when it is made', async () => {
    metered(of([])).stream(request, signal);
    expect(await outcomes()).toEqual({});
  });

  it('counts failures by their code, and unknown ones as internal', async () => {
    for (const error of [new MillraceError('upstream_cut'), new Error('secret text')])
      metered(throwError(() => error))
        .stream(request, signal)
        .subscribe({ error: () => undefined });
    expect(await outcomes()).toEqual({ 'm upstream_cut': 1, 'm internal': 1 });
    expect(await firstChunks()).toBe(0);
  });

  it('counts an abort and a reader that leaves as cancelled', async () => {
    const abort = new AbortController();
    const source = new Subject<Deltas>();
    metered(source)
      .stream(request, abort.signal)
      .subscribe({ error: () => undefined });
    abort.abort();
    source.error(new Error('aborted'));
    metered(new Subject<Deltas>()).stream(request, signal).subscribe().unsubscribe();
    expect(await outcomes()).toEqual({ 'm cancelled': 2 });
  });

  it('has no label that a user wrote', async () => {
    metered(of([]))
      .stream({ ...request, model: 'my secret' }, signal)
      .subscribe();
    expect(await outcomes()).toEqual({ 'unknown completed': 1 });
  });
});
