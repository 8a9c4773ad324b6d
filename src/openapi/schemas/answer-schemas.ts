import { z } from 'zod';
import type { StoredNode } from '../../conversation/stored-message.js';
import type { Health, Liveness, Readiness } from '../../health/health.controller.js';
import type { PublicModel } from '../../model/model-config.js';
import { errorKinds, type ErrorCode } from '../../protocol/error-code.js';
import { nodeStatus, runFinishReason, runMode, toolStatus, usageCounts } from '../../protocol/run-event.js';
import type { RunView } from '../../run/run-view.js';
import type { CancelReceipt } from '../../run/run.service.js';
import type { McpServerStatus } from '../../tools/mcp/mcp-server.js';
import { fieldsOf } from './frame-schemas.js';

const id = z.string();
const count = z.int().nonnegative();
const runStateName = z.enum([
  'queued',
  'running',
  'suspended',
  'completed',
  'failed',
  'cancelled',
  'interrupted',
]);
const seedTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/)
  .describe('UTC, without a zone, as the seed writes it.');

const health = z.object({
  status: z.literal('healthy'),
  app_name: z.literal('Millrace'),
  version: z.string(),
  stores: z.record(z.string(), z.string()).describe('What each store survives: `database`, `log`.'),
}) satisfies z.ZodType<Health>;

const liveness = z.object({ status: z.literal('alive') }) satisfies z.ZodType<Liveness>;

const readiness = z.object({
  status: z.literal('ready'),
  checks: z.record(z.string(), z.literal('up')).describe('Each dependency by its name.'),
}) satisfies z.ZodType<Readiness>;

const runView = z.object({
  run_id: id,
  conversation_id: id.nullable(),
  mode: runMode,
  model: z.string(),
  agent_name: z.string().nullable().describe('The agent that answers.'),
  state: runStateName,
  usage: usageCounts.nullable(),
  cursor: z.string().nullable().describe('The position of the last event, for `GET /api/runs/{id}/events`.'),
  error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
  finish_reason: runFinishReason.nullable().describe('Of a completed run.'),
  created_at: count.describe('Unix milliseconds.'),
  started_at: count.nullable().describe('Null while the run waits for its turn, and when it ended before.'),
  ended_at: count.nullable(),
}) satisfies z.ZodType<RunView>;

const cancelReceipt = z.object({
  run_id: id,
  state: runStateName.describe('The state after the cancel; an ended run is left as it is.'),
  stopped: z
    .object({ model: z.boolean(), tool_call_ids: z.array(id) })
    .describe('What was working when the cancel came.'),
}) satisfies z.ZodType<CancelReceipt>;

const toolCall = z.object({
  id,
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});
const inNode = id.optional().describe('The node of the round that said it.');
const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'user']), content: z.string() }),
  z.object({
    role: z.literal('assistant'),
    reasoning_content: z.string().optional(),
    content: z.string(),
    tool_calls: z.array(toolCall).optional(),
    node_run_id: inNode,
  }),
  z.object({
    role: z.literal('tool'),
    tool_call_id: id,
    content: z.string(),
    status: toolStatus.optional(),
    node_run_id: inNode,
  }),
]);

export const chatCompletion = z.object({
  id,
  object: z.literal('chat.completion'),
  created: count,
  model: z.string(),
  messages: z.array(message).describe("This turn's messages, without the history."),
  output: z.string().describe('The last text; empty when the turn ended with tool calls.'),
  finish_reason: z.union([runFinishReason, z.literal('cancelled')]).optional(),
  usage: z.looseObject({ prompt_tokens: count, completion_tokens: count, total_tokens: count }).optional(),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })).optional(),
  run_id: id,
  conversation_id: id.optional(),
  agent_name: z.string().optional().describe('The agent that answered.'),
});

const node = z.object({
  node_run_id: id.describe('Unique for each execution of a node.'),
  node_name: z.string(),
  level: count,
  parent_node_run_id: id.optional().describe('The node that it is inside of.'),
  tool_call_id: id.optional().describe('The call of a tool that it answers.'),
  status: nodeStatus,
  duration_ms: count,
  usage: usageCounts.optional(),
}) satisfies z.ZodType<StoredNode>;
const executionChain = z
  .array(z.array(z.string()))
  .describe('What ran after what: the nodes of each level, in the order in which levels ran.');

const graphExecution = z.object({
  run_id: id,
  conversation_id: id,
  graph_name: z.string(),
  input: z.string(),
  output: z.string().describe('The same as `final_result`.'),
  final_result: z.string(),
  execution_chain: executionChain,
  node_results: z
    .array(node.extend({ output: z.string().describe('What the node said last.') }))
    .describe('The nodes of this run, in the order in which they began.'),
  completed: z.boolean(),
  usage: z.looseObject({ prompt_tokens: count, completion_tokens: count, total_tokens: count }).optional(),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })).optional(),
});

const tokenUsage = z.object({ total_tokens: count, prompt_tokens: count, completion_tokens: count });
const conversationList = z.object({
  conversations: z.array(
    z.object({
      _id: id,
      conversation_id: id,
      user_id: id,
      type: z.enum(['chat', 'agent', 'graph']),
      title: z.string(),
      created_at: seedTime,
      updated_at: seedTime,
      round_count: count,
      total_token_usage: tokenUsage,
      status: z.enum(['active', 'deleted', 'favorite']),
      tags: z.array(z.string()),
    }),
  ),
  total_count: count.describe('Of all pages.'),
  next_cursor: z.string().nullable().describe('The `cursor` of the next page.'),
});
const conversationEvent = z.union(
  (['conversation.titled', 'conversation.compacted'] as const).map((type) =>
    z.object({ type: z.literal(type), ...fieldsOf(type) }),
  ),
);
const conversationDetail = z.object({
  _id: id,
  conversation_id: id,
  title: z.string(),
  status: z.enum(['active', 'deleted', 'favorite']),
  tags: z.array(z.string()),
  rounds: z
    .array(
      z.object({
        round: count.describe('In the order in which the turns were made, over all branches.'),
        run_id: id,
        state: runStateName,
        agent_name: z.string().nullable().describe('The agent that answered; null where none did.'),
        started: z.boolean().describe('False when the run waits, or ended before its work began.'),
        after_run_id: id.nullable().describe('The turn that this one follows.'),
        branches: z
          .array(id)
          .describe('All turns that follow the same turn, oldest first, this one included.'),
        messages: z.array(message),
        nodes: z.array(node).optional().describe('In the order in which they began.'),
        graph_name: z.string().optional().describe('The graph that ran.'),
        final_result: z.string().optional().describe('Of a completed graph.'),
        execution_chain: executionChain.optional(),
      }),
    )
    .describe('The current branch.'),
  events: z.array(conversationEvent).describe('What happened outside of the turns, oldest first.'),
  graph_name: z.string().nullable().describe('The graph of the last turn.'),
  generation_type: z.string(),
  parsed_results: z.unknown(),
  execution_chain: z.array(z.array(z.string())).nullable(),
  final_result: z.string().nullable(),
  active_run_id: id.nullable().describe('The run that is still answering.'),
});

const model = z.object({
  name: z.string(),
  base_url: z.string(),
  model: z.string(),
}) satisfies z.ZodType<PublicModel>;
const modelDetail = z.object({
  status: z.literal('success'),
  data: z.looseObject({ name: z.string(), base_url: z.string(), model: z.string() }),
});

const mcpServer = z.object({
  connected: z.boolean(),
  init_attempted: z.boolean(),
  tools: z.array(z.string()),
  error: z.string().nullable(),
  transport_type: z.enum(['stdio', 'streamable_http', 'sse', 'in_process']),
}) satisfies z.ZodType<McpServerStatus>;
const mcpTool = z.object({ name: z.string(), description: z.string(), input_schema: z.looseObject({}) });

const schemaList = z.object({
  native_frame: z
    .string()
    .describe('The schema of any `data` line of a native stream, with all others in it.'),
  events: z.record(z.string(), z.string()).describe('The schema of each event, by its type.'),
});

const codes = Object.keys(errorKinds) as [ErrorCode, ...ErrorCode[]];
const problem = z
  .looseObject({
    type: z.string().describe('`/errors#` and the code.'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('For people. May change.'),
    instance: z.string().optional(),
    code: z.enum(codes),
    retryable: z.boolean().describe('The same request may succeed later, as it is.'),
    trace_id: z.string().describe("Finds the error in the server's log."),
    errors: z
      .array(z.object({ type: z.string(), loc: z.array(z.string()), msg: z.string() }))
      .optional()
      .describe('One entry a field, with `invalid_request`.'),
    run_id: id.optional().describe('The run that failed, with `stream: false`.'),
  })
  .describe('RFC 9457 problem document.');

/** What the routes answer besides streams, by the name of its component. */
export const answers = {
  Health: health,
  Liveness: liveness,
  Readiness: readiness,
  Run: runView,
  CancelReceipt: cancelReceipt,
  Message: message,
  ChatCompletion: chatCompletion,
  GraphExecution: graphExecution,
  ConversationList: conversationList,
  Conversation: conversationDetail,
  ModelList: z.array(model),
  ModelDetail: modelDetail,
  McpStatus: z.record(z.string(), mcpServer).describe('By the name of the server.'),
  McpTools: z.record(z.string(), z.array(mcpTool)).describe('By the name of the server.'),
  McpConnection: z.object({ status: z.string(), server: z.string(), tools: z.array(z.string()).optional() }),
  SchemaList: schemaList,
  Problem: problem,
} as const satisfies Record<string, z.ZodType>;
