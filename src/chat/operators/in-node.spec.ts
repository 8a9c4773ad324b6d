import { concat, lastValueFrom, NEVER, of, Subject, throwError, toArray, type Observable } from 'rxjs';
import { MillraceError } from '../../protocol/error-code.js';
import type { RunEventBody } from '../../protocol/run-event.js';
import { TestContext } from '../testing/run-context.js';
import type { RunContext } from '../../run/run-program.js';
import { inNode, type NodeOutcome, type NodeStart } from './in-node.js';

const usage: RunEventBody = {
  type: 'usage',
  scope: 'step',
  step_id: 's',
  model: 'm',
  input_tokens: 3,
  output_tokens: 2,
};
const begun: RunEventBody[] = [
  { type: 'step.started', step_id: 's', index: 0, attempt: 1, model: 'm' },
  { type: 'message.started', step_id: 's', message_id: 'm', role: 'assistant' },
  { type: 'text.started', step_id: 's', part_id: 'p', message_id: 'm' },
  { type: 'text.delta', step_id: 's', part_id: 'p', delta: 'Hi' },
];
const ended: RunEventBody[] = [
  { type: 'text.ended', step_id: 's', part_id: 'p' },
  { type: 'message.ended', step_id: 's', message_id: 'm' },
  { type: 'step.finished', step_id: 's', finish_reason: 'stop' },
  usage,
];
const whole = of(begun, ended);

async function run(
  work: (context: RunContext) => Observable<readonly RunEventBody[]>,
  { node = {}, context = new TestContext() }: { node?: Partial<NodeStart>; context?: RunContext } = {},
) {
  let outcome: NodeOutcome | undefined;
  const events = inNode({ nodeRunId: 'n', name: 'a', level: 2, ...node }, context, work, (one) => {
    outcome = one;
  });
  const batches = await lastValueFrom(events.pipe(toArray()));
  return { events: batches.flat(), outcome };
}

const types = (events: readonly RunEventBody[]) => events.map(({ type }) => type);

describe('[GRAPH-07] a node', () => {
  test('begins, stamps all that happens in it, and ends', async () => {
    const { events, outcome } = await run(() => whole);
    expect(events[0]).toEqual({
      type: 'node.started',
      node_run_id: 'n',
      node_name: 'a',
      level: 2,
      attempt: 1,
    });
    expect(events.at(-1)).toMatchObject({
      type: 'node.ended',
      node_run_id: 'n',
      node_name: 'a',
      status: 'ok',
    });
    expect(events.every((event) => 'node_run_id' in event && event.node_run_id === 'n')).toBe(true);
    expect(outcome).toEqual({
      nodeRunId: 'n',
      status: 'ok',
      messages: [{ role: 'assistant', content: 'Hi', node_run_id: 'n' }],
      text: 'Hi',
    });
  });

  test('that fails closes what it left open, ends as failed, and does not fail the run', async () => {
    const error = new MillraceError('upstream_unavailable');
    const { events, outcome } = await run(() =>
      concat(
        of(begun),
        throwError(() => error),
      ),
    );
    expect(types(events).slice(-3)).toEqual(['text.ended', 'message.ended', 'node.ended']);
    expect(events.at(-1)).toMatchObject({ status: 'error' });
    expect(outcome).toMatchObject({ status: 'error', error, text: 'Hi' });
  });

  test('that takes too long fails, and tells its work to stop', async () => {
    let signal: AbortSignal | undefined;
    const { events, outcome } = await run(
      (context) => {
        ({ signal } = context);
        return concat(of(begun), NEVER);
      },
      { node: { timeoutSeconds: 0.01 } },
    );
    expect(signal?.aborted).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'node.ended', status: 'error' });
    expect(outcome?.error).toMatchObject({ code: 'node_timeout', detail: expect.stringContaining("'a'") });
  });

  test('is aborted with its run, which closes it', async () => {
    const abort = new AbortController();
    const work = new Subject<RunEventBody[]>();
    const running = run(() => work, { context: new TestContext(abort.signal) });
    const reason = new Error('cancelled');
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(work.observed).toBe(false);
  });

  test('in a node keeps its own id and names the other as its parent', async () => {
    let inner: NodeOutcome | undefined;
    const { events, outcome } = await run((context) =>
      concat(
        inNode(
          { nodeRunId: 'inner', name: 'b', level: 0 },
          context,
          () => whole,
          (one) => {
            inner = one;
          },
        ),
        of<RunEventBody[]>([{ type: 'warning', code: 'c', message: 'm' }]),
      ),
    );
    const started = events.filter((event) => event.type === 'node.started');
    expect(started.map(({ parent_node_run_id }) => parent_node_run_id)).toEqual([undefined, 'n']);
    expect(events.find(({ type }) => type === 'text.delta')).toMatchObject({ node_run_id: 'inner' });
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({ node_run_id: 'n' });
    expect(inner?.text).toBe('Hi');
    // What the inner one said is its own.
    expect(outcome).toMatchObject({ messages: [], text: '' });
  });

  test('whose end cannot be kept fails the run', async () => {
    const lost = new Error('fenced');
    const events = inNode(
      { name: 'a', level: 0 },
      new TestContext(),
      () => whole,
      () => Promise.reject(lost),
    );
    await expect(lastValueFrom(events)).rejects.toBe(lost);
  });
});
