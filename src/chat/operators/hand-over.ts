import { randomUUID } from 'node:crypto';
import type { RunEventBody } from '../../protocol/run-event.js';
import type { StepToolCall } from './step-events.js';

/**
 * The end of a turn whose model calls tools of the client's: these are handed over as they are. Calls of the server's tools in the
 * same step are not run, because the model would never read their results.
 */
export function handOver(step_id: string, calls: readonly StepToolCall[]): RunEventBody[] {
  return calls.map((call): RunEventBody => {
    const { tool_call_id, args } = call;
    if (call.executor === 'client') return handedOver(step_id, tool_call_id, args);
    return {
      type: 'tool_result',
      step_id,
      tool_call_id,
      result_message_id: `msg_${randomUUID()}`,
      status: 'cancelled',
      content: "The call was not run, because the answer ended with a call of the client's tools.",
      duration_ms: 0,
    };
  });
}

function handedOver(step_id: string, tool_call_id: string, args: string): RunEventBody {
  try {
    return { type: 'tool_call.ready', step_id, tool_call_id, input: JSON.parse(args) as never };
  } catch {
    return { type: 'tool_call.invalid', step_id, tool_call_id, reason: 'The arguments are not valid JSON.' };
  }
}
