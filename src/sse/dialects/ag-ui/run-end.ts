import type { EventOf } from '../../../protocol/run-event.js';
import type { RunState, ToolCallPart } from '../../../protocol/run-state.js';
import { agUiId, inMetadata, type AgUiEvent } from './ag-ui-event.js';

export interface RunIds {
  threadId: string;
  runId: string;
}

type End = EventOf<'run.completed' | 'run.cancelled' | 'run.failed' | 'run.interrupted'>;

/**
 * How a run ends in AG-UI. Clients before 1.0 know neither that a run was cancelled nor which calls wait for them: they get no outcome, and
 * a cancel as an event of ours.
 */
export function endOfRun(end: End, state: RunState, ids: RunIds, isLegacy: boolean): AgUiEvent[] {
  const usage = usageOf(state);
  switch (end.type) {
    case 'run.completed': {
      const { finish_reason, final_result } = end;
      return [
        {
          type: 'RUN_FINISHED',
          ...ids,
          ...(final_result !== undefined && { result: final_result }),
          ...(!isLegacy && { outcome: { type: 'success', ...pendingCalls(state) } }),
          ...usage,
          ...inMetadata({ finish_reason }),
        },
      ];
    }
    case 'run.cancelled': {
      const { by, reason } = end;
      const why = { by, ...(reason !== undefined && { reason }) };
      const finished = { type: 'RUN_FINISHED', ...ids, ...usage };
      if (!isLegacy) return [{ ...finished, outcome: { type: 'cancelled' }, ...inMetadata(why) }];
      return [{ type: 'CUSTOM', name: 'millrace.cancelled', value: why }, finished];
    }
    case 'run.failed':
    case 'run.interrupted': {
      const { message, code, retryable, retry_after_ms } = end;
      return [{ type: 'RUN_ERROR', message, code, ...usage, ...inMetadata({ retryable, retry_after_ms }) }];
    }
  }
}

/** A run that waits for answers: all that are still asked, because a client must answer all of them at once. */
export function suspended(state: RunState, ids: RunIds): AgUiEvent {
  const asked = state.parts.filter(
    (part): part is ToolCallPart & Required<Pick<ToolCallPart, 'approval'>> =>
      part.kind === 'tool_call' && part.approval !== undefined && part.approval.decision === undefined,
  );
  const interrupts = asked.map(({ tool_call_id, approval }) => ({
    id: approval.approval_id,
    reason: 'tool_call',
    message: approval.message,
    toolCallId: agUiId(state.run_id, tool_call_id),
    expiresAt: new Date(approval.expires_at).toISOString(),
  }));
  // An interrupt without anything asked is none that a client knows.
  const outcome = interrupts.length > 0 ? { type: 'interrupt', interrupts } : { type: 'success' };
  return { type: 'RUN_FINISHED', ...ids, outcome };
}

function pendingCalls(state: RunState): { pendingToolCallIds?: string[] } {
  const pending = state.parts.filter(
    (part): part is ToolCallPart =>
      part.kind === 'tool_call' && part.executor === 'client' && part.result === undefined,
  );
  if (pending.length === 0) return {};
  return { pendingToolCallIds: pending.map(({ tool_call_id }) => agUiId(state.run_id, tool_call_id)) };
}

function usageOf({ usage, model }: RunState): { usage?: object[] } {
  if (!usage) return {};
  const { input_tokens, output_tokens, cached_input_tokens, cache_write_tokens, reasoning_tokens } = usage;
  const counts = {
    ...(model !== '' && { model }),
    inputTokens: input_tokens,
    outputTokens: output_tokens,
    cachedInputTokens: cached_input_tokens,
    cacheWriteInputTokens: cache_write_tokens,
    reasoningTokens: reasoning_tokens,
  };
  return { usage: [counts] };
}
