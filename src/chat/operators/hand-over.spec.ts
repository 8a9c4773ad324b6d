import { handOver } from './hand-over.js';
import type { StepToolCall } from './step-events.js';

const call = (tool_call_id: string, args: string, executor: StepToolCall['executor']): StepToolCall => ({
  tool_call_id,
  index: 0,
  name: 'f',
  args,
  executor,
});

test("[OAI-03] the client's calls are handed over as they are; the server's beside them are not run", () => {
  const calls = [call('a', '{"x":1}', 'client'), call('b', '{bad', 'client'), call('c', '{}', 'server')];
  expect(handOver('s', calls)).toEqual([
    { type: 'tool_call.ready', step_id: 's', tool_call_id: 'a', input: { x: 1 } },
    {
      type: 'tool_call.invalid',
      step_id: 's',
      tool_call_id: 'b',
      reason: 'The arguments are not valid JSON.',
    },
    expect.objectContaining({ type: 'tool_result', tool_call_id: 'c', status: 'cancelled' }),
  ]);
});
