import {
  cancellers,
  decisions,
  designFaults,
  designReasons,
  executors,
  finishReasons,
  keptWork,
  modes,
  nodeStatuses,
  runFinishReasons,
  stoppedWork,
  tokenLogprobs,
  toolStatuses,
} from './event-fields.js';
import type { UsageCounts } from './run-event.js';
import type { SnapshotReason } from './run-snapshot.js';
import type {
  DesignResult,
  NodePart,
  RefusalPart,
  RunError,
  RunPart,
  RunPhase,
  RunState,
  StepState,
  TextPart,
  ToolApproval,
  ToolCallPart,
} from './run-state.js';
import type { Check } from './shape.js';
import { count, finite, flag, id, isRecord, listOf, objectOf, oneOf, optional, text } from './shape.js';

const anything: Check<unknown> = (_value): _value is unknown => true;

export const snapshotReasons = oneOf<SnapshotReason>({
  unknown: true,
  trimmed: true,
  lost: true,
  ahead: true,
});

const phases = oneOf<RunPhase>({
  queued: true,
  running: true,
  suspended: true,
  completed: true,
  failed: true,
  cancelled: true,
  interrupted: true,
});

const usage = objectOf<UsageCounts>({
  input_tokens: count,
  output_tokens: count,
  cached_input_tokens: optional(count),
  cache_write_tokens: optional(count),
  reasoning_tokens: optional(count),
  estimated: optional(flag),
});

const partBase = { step_id: id, node_run_id: optional(id), ended: flag };

const textPart = objectOf<TextPart>({
  kind: oneOf({ text: true, reasoning: true }),
  ...partBase,
  part_id: id,
  message_id: id,
  text,
});

const refusalPart = objectOf<RefusalPart>({
  kind: oneOf({ refusal: true }),
  ...partBase,
  message_id: id,
  text,
});

const toolCallPart = objectOf<ToolCallPart>({
  kind: oneOf({ tool_call: true }),
  ...partBase,
  tool_call_id: id,
  message_id: id,
  name: text,
  index: count,
  executor: executors,
  server: optional(text),
  tool: optional(text),
  args: text,
  input: anything,
  invalid: optional(text),
  progress: optional(
    objectOf<NonNullable<ToolCallPart['progress']>>({
      progress: finite,
      total: optional(finite),
      message: optional(text),
    }),
  ),
  approval: optional(
    objectOf<ToolApproval>({
      approval_id: id,
      message: text,
      expires_at: count,
      decision: optional(decisions),
      reason: optional(text),
    }),
  ),
  result: optional(
    objectOf<NonNullable<ToolCallPart['result']>>({
      result_message_id: id,
      status: toolStatuses,
      content: text,
      output: anything,
      duration_ms: count,
    }),
  ),
});

const nodePart = objectOf<NodePart>({
  kind: oneOf({ node: true }),
  node_run_id: id,
  node_name: text,
  level: count,
  parent_node_run_id: optional(id),
  tool_call_id: optional(id),
  ended: flag,
  status: optional(nodeStatuses),
  duration_ms: optional(count),
});

const parts: Record<RunPart['kind'], Check<RunPart>> = {
  text: textPart,
  reasoning: textPart,
  refusal: refusalPart,
  tool_call: toolCallPart,
  node: nodePart,
};

const step = objectOf<StepState>({
  step_id: id,
  index: count,
  model: text,
  node_run_id: optional(id),
  message_id: optional(id),
  message_ended: optional(flag),
  finish_reason: optional(finishReasons),
  usage: optional(usage),
  logprobs: optional(
    objectOf<NonNullable<StepState['logprobs']>>({
      content: optional(tokenLogprobs),
      refusal: optional(tokenLogprobs),
    }),
  ),
});

const state = objectOf<RunState>({
  run_id: id,
  seq: count,
  phase: phases,
  mode: modes,
  model: text,
  agent_name: optional(id),
  conversation_id: optional(id),
  title: optional(text),
  tags: optional(listOf(text)),
  parts: listOf((part): part is RunPart => isKnownPart(part) && parts[part.kind](part)),
  steps: listOf(step),
  warnings: listOf(objectOf<RunState['warnings'][number]>({ code: text, message: text })),
  usage: optional(usage),
  finish_reason: optional(runFinishReasons),
  final_result: optional(text),
  execution_chain: optional(listOf(listOf(text))),
  design: optional(
    objectOf<DesignResult>({
      completed: flag,
      message: text,
      graph_name: optional(id),
      reason: optional(designReasons),
      missing_fields: optional(listOf(text)),
      faults: optional(designFaults),
    }),
  ),
  error: optional(
    objectOf<RunError>({
      code: text,
      error_type: text,
      message: text,
      retryable: flag,
      retry_after_ms: optional(count),
    }),
  ),
  cancelled: optional(
    objectOf<NonNullable<RunState['cancelled']>>({
      by: cancellers,
      reason: optional(text),
      stopped: stoppedWork,
      kept: keptWork,
    }),
  ),
});

/**
 * Reads the state of a snapshot, or gives null when it is not one. Parts of a kind that this version does not know are left
 * out, as events of an unknown type are.
 */
export function readRunState(value: unknown): RunState | null {
  if (!isRecord(value) || !Array.isArray(value['parts'])) return null;
  const known = { ...value, parts: value['parts'].filter(isKnownKind) };
  return state(known) ? known : null;
}

function isKnownPart(part: unknown): part is { kind: RunPart['kind'] } {
  return isRecord(part) && typeof part['kind'] === 'string' && Object.hasOwn(parts, part['kind']);
}

/** False only for what says that it is of another kind; what is broken stays, to be found. */
function isKnownKind(part: unknown): boolean {
  return isKnownPart(part) || !isRecord(part) || typeof part['kind'] !== 'string';
}
