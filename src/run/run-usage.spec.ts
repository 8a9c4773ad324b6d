import { emptyRunState, type RunState } from '../protocol/run-state.js';
import { estimateTokens, usageEvents } from './run-usage.js';

function stateWith(...usages: (RunState['usage'] | undefined)[]): RunState {
  const state = emptyRunState('run');
  state.model = 'm';
  usages.forEach((usage, index) =>
    state.steps.push({ step_id: `s${index}`, index, model: 'm', ...(usage && { usage }) }),
  );
  return state;
}

describe('usageEvents', () => {
  test('[CHAT-14] [D-05] sums the steps, and only what providers told', () => {
    const state = stateWith(
      { input_tokens: 10, output_tokens: 5, cached_input_tokens: 4 },
      { input_tokens: 20, output_tokens: 7, reasoning_tokens: 3 },
    );
    expect(usageEvents(state, new Map())).toEqual([
      {
        type: 'usage',
        scope: 'run',
        model: 'm',
        input_tokens: 30,
        output_tokens: 12,
        cached_input_tokens: 4,
        cache_write_tokens: undefined,
        reasoning_tokens: 3,
        estimated: undefined,
      },
    ]);
  });

  test('[CHAT-14] estimates a step that was cut before the provider told, and says so', () => {
    const state = stateWith({ input_tokens: 10, output_tokens: 5 }, undefined);
    state.parts.push({
      kind: 'text',
      part_id: 'p',
      message_id: 'm',
      step_id: 's1',
      text: 'x'.repeat(40),
      ended: false,
    });
    const [step, run] = usageEvents(state, new Map([['s1', 100]]));
    expect(step).toMatchObject({
      scope: 'step',
      step_id: 's1',
      input_tokens: 100,
      output_tokens: 10,
      estimated: true,
    });
    expect(run).toMatchObject({ scope: 'run', input_tokens: 110, output_tokens: 15, estimated: true });
  });

  test('[CHAT-14] a run that never called a model used nothing', () => {
    expect(usageEvents(emptyRunState('run'), new Map())).toEqual([]);
  });
});

test.each([
  ['', 0],
  ['abcd', 1],
  ['abcde', 2],
  ['你好', 2],
  ['你好ab', 3],
  ['한국어カタカナ', 7],
])('[CHAT-14] estimates %j as %d tokens', (text, tokens) => expect(estimateTokens(text)).toBe(tokens));
