import fc from 'fast-check';
import { faultsOf } from '../../../test/support/log-faults.js';
import type { ModelDelta } from '../../model/model-client.js';
import type { RunEvent, RunEventBody } from '../../protocol/run-event.js';
import type { Tool } from '../../tools/tool.js';
import { ToolCallIds } from './tool-call-ids.js';
import { StepEvents } from './step-events.js';

const noTools = new Map<string, Tool>();
const newStep = (
  callIds = new ToolCallIds(),
  tools: ReadonlyMap<string, Tool> = noTools,
  more: { clientHasTools?: boolean; logprobs?: boolean } = {},
) =>
  new StepEvents({
    index: 0,
    model: 'm',
    tools,
    clientHasTools: false,
    logprobs: false,
    callIds,
    ...more,
  });
const types = (events: readonly RunEventBody[]) => events.map(({ type }) => type);
const finish: ModelDelta = { type: 'finish', finish_reason: 'stop' };

describe('StepEvents', () => {
  test('[CHAT-13] opens and closes parts where the kind of content changes', () => {
    const deltas: ModelDelta[] = [
      { type: 'reasoning', delta: 'r1' },
      { type: 'text', delta: 'c1' },
      { type: 'text', delta: '' },
      { type: 'text', delta: 'c2' },
      { type: 'reasoning', delta: 'r2' },
      finish,
    ];
    expect(types(newStep().events(deltas))).toEqual([
      'message.started',
      'reasoning.started',
      'reasoning.delta',
      'reasoning.ended',
      'text.started',
      'text.delta',
      'text.delta',
      'text.ended',
      'reasoning.started',
      'reasoning.delta',
      'reasoning.ended',
      'message.ended',
      'step.finished',
    ]);
  });

  test('[CHAT-13] an answer of nothing is a step without a message', () => {
    expect(types(newStep().events([finish]))).toEqual(['step.finished']);
  });

  test('[CHAT-13] announces a call when its name is known, with the arguments that came before', () => {
    const step = newStep();
    expect(step.events([{ type: 'tool_call', index: 0, args: '{"a"' }])).toEqual([]);
    const events = step.events([
      { type: 'tool_call', index: 0, id: 'x', name: 'f', args: ':1' },
      { type: 'tool_call', index: 0, args: '}' },
    ]);
    expect(types(events)).toEqual([
      'message.started',
      'tool_call.started',
      'tool_call.args.delta',
      'tool_call.args.delta',
    ]);
    expect(step.calls).toEqual([
      { tool_call_id: 'x', index: 0, name: 'f', args: '{"a":1}', executor: 'server' },
    ]);
  });

  test('[CHAT-13] keeps calls apart by their index and gives them in its order', () => {
    const step = newStep();
    step.events([
      { type: 'tool_call', index: 1, id: 'b', name: 'g', args: '{' },
      { type: 'tool_call', index: 0, id: 'a', name: 'f', args: '{' },
      { type: 'tool_call', index: 1, args: '}' },
      { type: 'tool_call', index: 0, args: '}' },
    ]);
    expect(step.calls.map(({ tool_call_id, args }) => [tool_call_id, args])).toEqual([
      ['a', '{}'],
      ['b', '{}'],
    ]);
  });

  test('[TOOL-07] mints an id where the provider gives none, or one that was used', () => {
    const callIds = new ToolCallIds();
    callIds.take('used');
    const step = newStep(callIds);
    step.events([
      { type: 'tool_call', index: 0, name: 'f', args: '' },
      { type: 'tool_call', index: 1, id: 'used', name: 'f', args: '' },
      { type: 'tool_call', index: 2, id: 'new', name: 'f', args: '' },
    ]);
    const ids = step.calls.map(({ tool_call_id }) => tool_call_id);
    expect(new Set(ids).size).toBe(3);
    expect(ids[2]).toBe('new');
    expect(ids).not.toContain('used');
    expect(ids.map((id) => callIds.take(id) === id)).toEqual([false, false, false]);
  });

  test('[CHAT-10] calls make the finish reason tool_calls; tool_calls without calls is a stop', () => {
    const called = newStep().events([{ type: 'tool_call', index: 0, name: 'f', args: '' }, finish]);
    expect(called.at(-1)).toMatchObject({ type: 'step.finished', finish_reason: 'tool_calls' });
    for (const reason of ['tool_calls', 'function_call'] as const) {
      const events = newStep().events([
        { type: 'text', delta: 'x' },
        { type: 'finish', finish_reason: reason },
      ]);
      expect(events.at(-1)).toMatchObject({ type: 'step.finished', finish_reason: 'stop' });
    }
  });

  test('[TOOL-02] the calls for the next step have arguments that every provider takes', () => {
    const step = newStep();
    step.events([
      { type: 'text', delta: 'Let me see.' },
      { type: 'refusal', delta: ' No.' },
      { type: 'tool_call', index: 0, id: 'a', name: 'f', args: '{bad' },
    ]);
    expect(step.toolCalls).toEqual([{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }]);
  });

  test('[CHAT-06] a retry is a warning', () => {
    expect(newStep().events([{ type: 'retry', attempt: 2, reason: 'upstream_unavailable' }])).toEqual([
      { type: 'warning', code: 'upstream_retried', message: expect.stringContaining('upstream_unavailable') },
    ]);
  });

  const token = (text: string) => ({ token: text, logprob: -1, bytes: null, top_logprobs: [] });

  test('[OAI-04] log probabilities come before their text, where they are wanted', () => {
    const deltas: ModelDelta[] = [
      { type: 'logprobs', content: [token('a')] },
      { type: 'text', delta: 'a' },
      { type: 'logprobs', content: [token('b')] },
      { type: 'logprobs', content: [token('c')] },
      { type: 'text', delta: 'bc' },
      { type: 'logprobs', refusal: [token('no')] },
      { type: 'refusal', delta: 'no' },
      { type: 'logprobs', content: [token('<end>')] },
      finish,
    ];
    const events = newStep(new ToolCallIds(), noTools, { logprobs: true }).events(deltas);
    const seen = events.flatMap((event) => {
      if (event.type === 'text.logprobs')
        return [[...(event.content ?? []), ...(event.refusal ?? [])].map((one) => one.token).join('+')];
      return 'delta' in event ? [event.delta] : event.type === 'message.ended' ? ['end'] : [];
    });
    expect(seen).toEqual(['a', 'a', 'b+c', 'bc', 'no', 'no', '<end>', 'end']);
    expect(types(newStep().events(deltas))).not.toContain('text.logprobs');
  });

  test("[OAI-03] a call of a tool that is not the server's is the client's, where it has tools; its arguments are never empty", () => {
    const ours: Tool = {
      name: 's__t',
      server: 's',
      tool: 't',
      definition: { type: 'function', function: { name: 's__t', description: '', parameters: {} } },
    };
    const step = newStep(new ToolCallIds(), new Map([['s__t', ours]]), { clientHasTools: true });
    const events = step.events([
      { type: 'tool_call', index: 0, id: 'a', name: 's__t', args: '' },
      { type: 'tool_call', index: 1, id: 'b', name: 'theirs', args: '' },
      finish,
    ]);
    expect(step.calls.map(({ executor, args }) => [executor, args])).toEqual([
      ['server', ''],
      ['client', '{}'],
    ]);
    expect(types(events)).toEqual([
      'message.started',
      'tool_call.started',
      'tool_call.started',
      'tool_call.args.delta',
      'message.ended',
      'step.finished',
    ]);
  });

  const arbitraryDelta: fc.Arbitrary<ModelDelta> = fc.oneof(
    fc.record({
      type: fc.constantFrom('text' as const, 'reasoning' as const, 'refusal' as const),
      delta: fc.string(),
    }),
    fc.record(
      {
        type: fc.constant('tool_call' as const),
        index: fc.nat(3),
        id: fc.constantFrom('a', 'b'),
        name: fc.constantFrom('f', 'g'),
        args: fc.string(),
      },
      { requiredKeys: ['type', 'index', 'args'] },
    ),
  );

  test('[CHAT-13] whatever a model says, each part begins once, ends once, and holds all of its text', () => {
    fc.assert(
      fc.property(fc.array(fc.array(arbitraryDelta, { maxLength: 5 }), { maxLength: 8 }), (batches) => {
        const step = newStep();
        const bodies = [
          step.started(),
          ...batches.flatMap((batch) => step.events(batch)),
          ...step.events([finish]),
        ];
        for (const call of step.calls)
          bodies.push({
            type: 'tool_result',
            step_id: step.stepId,
            tool_call_id: call.tool_call_id,
            result_message_id: 'r',
            status: 'ok',
            content: '',
            duration_ms: 0,
          });
        bodies.push({ type: 'run.completed', finish_reason: 'stop' });
        const events = bodies.map(
          (body, at) => ({ ...body, v: 1, run_id: 'r', epoch: 1, seq: at + 1 }) as RunEvent,
        );
        expect(faultsOf(events)).toEqual([]);
        const said = (kind: string) =>
          batches
            .flat()
            .map((delta) => (delta.type === kind && 'delta' in delta ? delta.delta : ''))
            .join('');
        const heard = (type: string) =>
          events.map((event) => (event.type === type && 'delta' in event ? event.delta : '')).join('');
        expect(heard('text.delta')).toBe(said('text'));
        expect(heard('reasoning.delta')).toBe(said('reasoning'));
        expect(heard('refusal.delta')).toBe(said('refusal'));
      }),
    );
  });
});
