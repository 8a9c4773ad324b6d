import fc from 'fast-check';
import { arbitraryRun } from '../protocol/run.arbitrary.js';
import { applyEvent } from '../protocol/apply-event.js';
import { emptyRunState, type RunState, type ToolCallPart } from '../protocol/run-state.js';
import { messagesOfRun } from './messages-of-run.js';
import { modelMessages } from './model-messages.js';

function stateOf(change: (state: RunState) => void): RunState {
  const state = emptyRunState('run');
  state.steps.push({ step_id: 's', index: 0, model: 'm', message_id: 'm' });
  change(state);
  return state;
}

const base = { step_id: 's', message_id: 'm', ended: true };
const call = (id: string, index: number, more: Partial<ToolCallPart> = {}): ToolCallPart => ({
  ...base,
  kind: 'tool_call',
  tool_call_id: id,
  name: 'tool',
  index,
  executor: 'server',
  args: '{"a":1}',
  ...more,
});
const result = (content: string) => ({
  result_message_id: 'r',
  status: 'ok' as const,
  content,
  duration_ms: 1,
});

describe('messagesOfRun', () => {
  test('[STORE-09] joins the parts of a step, reasoning apart from what was said', () => {
    const state = stateOf(({ parts }) => {
      parts.push({ ...base, kind: 'reasoning', part_id: '1', text: 'r1' });
      parts.push({ ...base, kind: 'text', part_id: '2', text: 'c1' });
      parts.push({ ...base, kind: 'reasoning', part_id: '3', text: 'r2' });
      parts.push({ ...base, kind: 'text', part_id: '4', text: 'c2' });
      parts.push({ ...base, kind: 'refusal', text: 'no' });
    });
    expect(messagesOfRun(state)).toEqual([
      { role: 'assistant', reasoning_content: 'r1r2', content: 'c1c2no' },
    ]);
  });

  test('[STORE-09] puts results after the message, in the order of the calls, whatever came first', () => {
    const state = stateOf(({ parts }) =>
      parts.push(call('b', 1, { result: result('two') }), call('a', 0, { result: result('one') })),
    );
    expect(messagesOfRun(state)).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'tool', arguments: '{"a":1}' } },
          { id: 'b', type: 'function', function: { name: 'tool', arguments: '{"a":1}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'one', status: 'ok' },
      { role: 'tool', tool_call_id: 'b', content: 'two', status: 'ok' },
    ]);
  });

  test('[STORE-09] leaves out a call that has no result yet, and a step that said nothing', () => {
    expect(messagesOfRun(stateOf(({ parts }) => parts.push(call('a', 0))))).toEqual([]);
    expect(messagesOfRun(stateOf(() => undefined))).toEqual([]);
  });

  test('[STORE-09] keeps the arguments as the model wrote them', () => {
    const broken = stateOf(({ parts }) =>
      parts.push(call('a', 0, { args: '{bad', invalid: 'no JSON', result: result('x') })),
    );
    expect(messagesOfRun(broken)[0]).toMatchObject({ tool_calls: [{ function: { arguments: '{bad' } }] });
  });

  test('[CHAT-04] at any moment of any run, what is stored can be sent back: each call has its result, right after it', () => {
    fc.assert(
      fc.property(arbitraryRun, (events) => {
        const state = emptyRunState(events[0]!.run_id);
        for (const event of events) {
          applyEvent(state, event);
          const messages = modelMessages(messagesOfRun(state));
          messages.forEach((message, at) => {
            if (message.role !== 'assistant') return;
            const ids = (message.tool_calls ?? []).map(({ id }) => id);
            const next = messages.slice(at + 1, at + 1 + ids.length);
            expect(next.map((one) => (one.role === 'tool' ? one.tool_call_id : one.role))).toEqual(ids);
            expect(message.content !== '' || ids.length > 0).toBe(true);
          });
        }
      }),
      { numRuns: 50 },
    );
  });
});
