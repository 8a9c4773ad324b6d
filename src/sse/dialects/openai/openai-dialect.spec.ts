import { holdRun } from '../../../../test/support/held-run.js';
import { itIsAFold, readAll } from '../../../../test/support/dialect-properties.js';
import { accumulate } from '../../../../test/support/openai-accumulator.js';
import { recordedRuns } from '../../../../test/support/recorded-runs.js';
import type { RunEvent, RunEventBody } from '../../../protocol/run-event.js';
import { isTerminal } from '../../../protocol/run-event.js';
import { applyEvent } from '../../../protocol/apply-event.js';
import { emptyRunState } from '../../../protocol/run-state.js';
import { snapshotOf } from '../../../run/snapshot.js';
import { openAiChatCompletion } from './chat-completion.js';
import { openAiDialect } from './openai-dialect.js';

const dialect = openAiDialect({ includeUsage: true });
const withoutUsage = openAiDialect({ includeUsage: false });
const RUN = '01JD8Z3Q4T9KX2M5N7P0RSTVWX';

function runOf(...bodies: RunEventBody[]): RunEvent[] {
  const created: RunEventBody = { type: 'run.created', mode: 'chat', model: 'm' };
  return [created, ...bodies].map((body, at) => {
    const envelope = { v: 1 as const, run_id: RUN, epoch: 1, seq: at + 1 };
    return { ...envelope, ...('delta' in body ? {} : { ts: 1 }), ...body } as RunEvent;
  });
}
const framesOf = (events: readonly RunEvent[], of = dialect) => {
  const encoder = of.encoder();
  return events.flatMap((event) => encoder.encode(event));
};
const chunksOf = (events: readonly RunEvent[], of = dialect) =>
  framesOf(events, of).map(({ data }) => (data === '[DONE]' ? data : JSON.parse(data)));

const step = (step_id: string): RunEventBody[] => [
  { type: 'step.started', step_id, index: 0, attempt: 1, model: 'other' },
  { type: 'message.started', step_id, message_id: `m-${step_id}`, role: 'assistant' },
];
const text = (step_id: string, delta: string): RunEventBody => ({
  type: 'text.delta',
  step_id,
  part_id: `p-${step_id}`,
  delta,
});
const token = (value: string) => ({ token: value, logprob: -1, bytes: null, top_logprobs: [] });
const call = (tool_call_id: string, executor: 'client' | 'server', index: number): RunEventBody => ({
  type: 'tool_call.started',
  step_id: 's',
  message_id: 'm',
  tool_call_id,
  name: `tool_${tool_call_id}`,
  index,
  executor,
});
const args = (tool_call_id: string, delta: string, index: number): RunEventBody => ({
  type: 'tool_call.args.delta',
  step_id: 's',
  tool_call_id,
  index,
  delta,
});
const usage: RunEventBody = {
  type: 'usage',
  scope: 'run',
  model: 'm',
  input_tokens: 3,
  output_tokens: 2,
  reasoning_tokens: 1,
};
const completed: RunEventBody = { type: 'run.completed', finish_reason: 'stop' };

describe('the OpenAI dialect', () => {
  itIsAFold({ dialect, fold: accumulate });

  test.each(recordedRuns())(
    '[OAI-01] writes the recorded run "%s" as one message, ended or failed',
    (_name, events) => {
      const answer = accumulate(framesOf(events));
      const end = events.at(-1)!;
      const failed = end.type === 'run.failed' || end.type === 'run.interrupted';
      expect(isTerminal(end)).toBe(true);
      expect(answer.done).toBe(!failed);
      expect(answer.error !== undefined).toBe(failed);
      expect(answer.calls).toEqual([]);
    },
  );

  test('[OAI-01] [OAI-04] writes role, text, finish reason, usage and [DONE], in this order', () => {
    const chunk = (choices: unknown[], rest: object = { usage: null }) => ({
      id: `chatcmpl-${RUN}`,
      object: 'chat.completion.chunk',
      created: 1732246625,
      model: 'm',
      choices,
      ...rest,
    });
    const choice = (delta: object, finish_reason: string | null = null) => [
      { index: 0, delta, logprobs: null, finish_reason },
    ];
    const events = runOf(...step('s'), text('s', 'Hi\n'), usage, completed);
    expect(chunksOf(events)).toEqual([
      chunk(choice({ role: 'assistant', content: '' })),
      chunk(choice({ content: 'Hi\n' })),
      chunk(choice({}, 'stop')),
      chunk([], {
        usage: {
          prompt_tokens: 3,
          completion_tokens: 2,
          total_tokens: 5,
          completion_tokens_details: { reasoning_tokens: 1 },
        },
      }),
      '[DONE]',
    ]);
    expect(chunksOf(events, withoutUsage)).toEqual([
      chunk(choice({ role: 'assistant', content: '' }), {}),
      chunk(choice({ content: 'Hi\n' }), {}),
      chunk(choice({}, 'stop'), {}),
      '[DONE]',
    ]);
  });

  test('[OAI-01] says nothing before the model answers', () => {
    const waiting: RunEventBody[] = [
      { type: 'conversation.created', conversation_id: 'c' },
      { type: 'run.started', model: 'm' },
      { type: 'warning', code: 'upstream_retried', message: 'Again.' },
      step('s')[0]!,
    ];
    expect(framesOf(runOf(...waiting))).toEqual([]);
  });

  test('[OAI-03] shows the calls of the client, numbered by themselves, and hides the others', () => {
    const events = runOf(
      ...step('s'),
      call('a', 'server', 0),
      args('a', '{}', 0),
      call('b', 'client', 1),
      args('b', '{"x":', 1),
      call('c', 'client', 2),
      args('b', '1}', 1),
      args('c', '{}', 2),
      { type: 'run.completed', finish_reason: 'tool_calls' },
    );
    const { calls, finishReason } = accumulate(framesOf(events));
    expect(finishReason).toBe('tool_calls');
    expect(calls).toEqual([
      { id: 'b', type: 'function', name: 'tool_b', arguments: '{"x":1}' },
      { id: 'c', type: 'function', name: 'tool_c', arguments: '{}' },
    ]);
  });

  test('[OAI-01] keeps the texts of two steps apart', () => {
    const events = runOf(
      ...step('s'),
      text('s', 'Look'),
      text('s', 'ing.'),
      ...step('t'),
      text('t', 'It is 5.'),
    );
    expect(accumulate(framesOf(events)).content).toBe('Looking.\n\nIt is 5.');
  });

  test('[OAI-04] puts log probabilities on the chunk of their text', () => {
    const logprobs = (...tokens: string[]): RunEventBody => ({
      type: 'text.logprobs',
      step_id: 's',
      message_id: 'm',
      content: tokens.map(token),
    });
    const chunks = chunksOf(
      runOf(...step('s'), logprobs('H'), logprobs('i'), text('s', 'Hi'), logprobs('<end>'), completed),
    );
    expect(chunks.slice(1, 3).map(({ choices: [{ delta, logprobs }] }) => ({ delta, logprobs }))).toEqual([
      { delta: { content: 'Hi' }, logprobs: { content: [token('H'), token('i')], refusal: null } },
      { delta: {}, logprobs: { content: [token('<end>')], refusal: null } },
    ]);
  });

  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['max_iterations', 'length'],
  ] as const)('[OAI-01] ends a run that completed with %s with %s', (finish_reason, expected) => {
    const answer = accumulate(framesOf(runOf({ type: 'run.completed', finish_reason })));
    expect(answer).toMatchObject({ role: 'assistant', finishReason: expected, done: true });
  });

  test('[OAI-05] ends a failure with one error and nothing after it', () => {
    const failed: RunEventBody = {
      type: 'run.failed',
      code: 'upstream_cut',
      error_type: 'api_error',
      message: 'Cut.',
      retryable: true,
    };
    expect(chunksOf(runOf(...step('s'), text('s', 'Hel'), usage, failed)).at(-1)).toEqual({
      error: { message: 'Cut.', type: 'server_error', param: null, code: 'upstream_cut' },
    });
  });
});

describe('a run that comes as a snapshot', () => {
  const answer = (events: readonly RunEvent[]) => accumulate(framesOf(events));
  const snapshotAt = (events: readonly RunEvent[], seq: number) => {
    const state = emptyRunState(RUN);
    for (const event of events.slice(0, seq)) applyEvent(state, event);
    return snapshotOf(state, 1, 'lost');
  };
  const events = runOf(
    ...step('s'),
    { type: 'text.started', step_id: 's', message_id: 'm-s', part_id: 'p-s' },
    { type: 'text.logprobs', step_id: 's', message_id: 'm-s', content: [token('Look')] },
    text('s', 'Look'),
    text('s', 'ing.'),
    ...step('t'),
    { type: 'text.started', step_id: 't', message_id: 'm-t', part_id: 'p-t' },
    text('t', 'It is '),
    text('t', '5.'),
    call('b', 'client', 0),
    args('b', '{"x"', 0),
    args('b', ':1}', 0),
    usage,
    { type: 'run.completed', finish_reason: 'tool_calls' },
  );

  test('[OAI-01] is the same answer, wherever the snapshot stands and whatever was sent before it', () => {
    const whole = answer(events);
    for (let at = 1; at < events.length; at += 1)
      for (let sent = 0; sent <= at; sent += 1) {
        const encoder = dialect.encoder();
        const items = [...events.slice(0, sent), snapshotAt(events, at), ...events.slice(at)];
        const seen = accumulate(items.flatMap((item) => encoder.encode(item)));
        expect({ at, sent, ...seen, logprobs: [] }).toEqual({ at, sent, ...whole, logprobs: [] });
      }
  });

  test('[OAI-01] [OAI-04] is the document that it gives without a stream', () => {
    const state = emptyRunState(RUN);
    for (const event of events) applyEvent(state, event);
    const whole = answer(events);
    expect(openAiChatCompletion(state)).toEqual({
      id: `chatcmpl-${RUN}`,
      object: 'chat.completion',
      created: 1732246625,
      model: 'm',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: whole.content,
            refusal: null,
            tool_calls: [{ id: 'b', type: 'function', function: { name: 'tool_b', arguments: '{"x":1}' } }],
          },
          logprobs: { content: [token('Look')], refusal: null },
          finish_reason: 'tool_calls',
        },
      ],
      usage: whole.usage,
    });
  });

  test('[OAI-01] a late reader of a recorded run gets the same as an early one', async () => {
    for (const [, run] of recordedRuns()) {
      const log = await holdRun(run);
      const late = await readAll(dialect, log, run[0]!.run_id, 'invalid');
      expect(accumulate(late)).toEqual(accumulate(framesOf(run)));
    }
  });
});
