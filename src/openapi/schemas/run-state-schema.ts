import { z } from 'zod';
import {
  designFault,
  designReason,
  finishReason,
  nodeStatus,
  runFinishReason,
  runMode,
  tokenLogprob,
  toolStatus,
  usageCounts,
} from '../../protocol/run-event.js';
import type { RunState } from '../../protocol/run-state.js';

const id = z.string();
const count = z.int().nonnegative();
const base = { step_id: id, node_run_id: id.optional(), ended: z.boolean() };

const part = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['text', 'reasoning']), ...base, part_id: id, message_id: id, text: z.string() }),
  z.object({ kind: z.literal('refusal'), ...base, message_id: id, text: z.string() }),
  z.object({
    kind: z.literal('tool_call'),
    ...base,
    tool_call_id: id,
    message_id: id,
    name: z.string(),
    index: count,
    executor: z.enum(['server', 'client', 'provider']),
    server: z.string().optional(),
    tool: z.string().optional(),
    args: z.string(),
    input: z.unknown().optional(),
    invalid: z.string().optional(),
    progress: z
      .object({ progress: z.number(), total: z.number().optional(), message: z.string().optional() })
      .optional(),
    approval: z
      .object({
        approval_id: id,
        message: z.string(),
        expires_at: count,
        decision: z.enum(['approved', 'denied', 'expired', 'cancelled']).optional(),
        reason: z.string().optional(),
      })
      .optional(),
    result: z
      .object({
        result_message_id: id,
        status: toolStatus,
        content: z.string(),
        output: z.unknown().optional(),
        duration_ms: count,
      })
      .optional(),
  }),
  z.object({
    kind: z.literal('node'),
    node_run_id: id,
    node_name: z.string(),
    level: count,
    parent_node_run_id: id.optional(),
    tool_call_id: id.optional(),
    ended: z.boolean(),
    status: nodeStatus.optional(),
    duration_ms: count.optional(),
  }),
]);

const step = z.object({
  step_id: id,
  index: count,
  model: z.string(),
  node_run_id: id.optional(),
  message_id: id.optional(),
  message_ended: z.boolean().optional(),
  finish_reason: finishReason.optional(),
  usage: usageCounts.optional(),
  logprobs: z
    .object({ content: z.array(tokenLogprob).optional(), refusal: z.array(tokenLogprob).optional() })
    .optional(),
});

/** A run folded from its events (src/protocol/run-state.ts), as a snapshot carries it. */
export const runState = z.object({
  run_id: id,
  seq: count,
  phase: z.enum(['queued', 'running', 'suspended', 'completed', 'failed', 'cancelled', 'interrupted']),
  mode: runMode,
  model: z.string(),
  agent_name: id.optional(),
  conversation_id: id.optional(),
  title: z.string().optional(),
  tags: z.array(z.string()).optional(),
  parts: z.array(part).describe('In the order in which they began.'),
  steps: z.array(step),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  usage: usageCounts.optional(),
  finish_reason: runFinishReason.optional(),
  final_result: z.string().optional(),
  execution_chain: z.array(z.array(z.string())).optional(),
  design: z
    .object({
      completed: z.boolean(),
      message: z.string(),
      graph_name: id.optional(),
      reason: designReason.optional(),
      missing_fields: z.array(z.string()).optional(),
      faults: z.array(designFault).optional(),
    })
    .optional(),
  error: z
    .object({
      code: z.string(),
      error_type: z.string(),
      message: z.string(),
      retryable: z.boolean(),
      retry_after_ms: count.optional(),
    })
    .optional(),
  cancelled: z
    .object({
      by: z.enum(['user', 'disconnect', 'deadline', 'shutdown']),
      reason: z.string().optional(),
      stopped: z.object({ model: z.boolean(), tool_call_ids: z.array(id) }),
      kept: z.object({ characters: count, tool_results: count }),
    })
    .optional(),
}) satisfies z.ZodType<RunState>;
