import { agentRoutes } from './agent-routes.js';
import { aiSdkRoutes } from './ai-sdk-routes.js';
import { contractRoutes } from './contract-routes.js';
import { conversationRoutes } from './conversation-routes.js';
import { graphRoutes } from './graph-routes.js';
import { openAiRoutes } from './openai-routes.js';
import type { Route, RouteAnswer } from './route.js';
import { runErrors } from './run-errors.js';

const events: RouteAnswer = {
  description:
    'Frames of the native dialect (docs/protocol.md): `id`, then one `data` line of JSON; `: hb` is a heartbeat. The terminal frame is followed by the literal `[DONE]`, which has no id. An end without it is a cut: resume.',
  content: { eventStream: 'NativeFrame', dialect: 'native' },
  headers: ['RunId', 'ConversationId'],
};

/** Every route of the API. A test compares it with the router, both ways. */
export const routes: readonly Route[] = [
  {
    method: 'post',
    path: '/api/chat/completions',
    tag: 'Chat',
    operationId: 'createChatCompletion',
    summary: 'Ask, and read the answer',
    description:
      'Starts a run and reads it: as an event stream, or with `stream: false` as one document at its end. With a `conversation_id` the turn is stored, and the run goes on when its reader leaves; without one the chat is temporary.',
    parameters: ['IdempotencyKey', 'ResumeLastEventId', 'StreamResume'],
    body: 'ChatRequest',
    answers: { 200: { ...events, or: { json: 'ChatCompletion' } } },
    errors: [
      'blank_prompt',
      'model_required',
      'unknown_model',
      'idempotency_mismatch',
      'run_not_found',
      'conversation_busy',
      'wrong_conversation_type',
      'shutting_down',
      ...runErrors,
    ],
  },
  {
    method: 'get',
    path: '/api/runs/{id}',
    tag: 'Runs',
    operationId: 'getRun',
    summary: 'The state of a run',
    parameters: ['RunId'],
    answers: { 200: { description: 'The run.', content: { json: 'Run' } } },
    errors: ['run_not_found'],
  },
  {
    method: 'get',
    path: '/api/runs/{id}/events',
    tag: 'Runs',
    operationId: 'readRunEvents',
    summary: 'Read a run from any position',
    description:
      'Replays what the reader has not seen, then goes on live. Any number of readers may follow a run.',
    parameters: ['RunId', 'After', 'LastEventId'],
    answers: {
      200: events,
      204: { description: 'The cursor stands at the terminal event: there is nothing more, ever.' },
    },
    errors: ['run_not_found'],
  },
  {
    method: 'post',
    path: '/api/runs/{id}/cancel',
    tag: 'Runs',
    operationId: 'cancelRun',
    summary: 'Stop a run',
    description:
      'Stops the model and every tool at once, keeps what had arrived, and answers when the run has ended. Idempotent.',
    parameters: ['RunId'],
    answers: { 202: { description: 'The receipt.', content: { json: 'CancelReceipt' } } },
    errors: ['run_not_found'],
  },
  ...conversationRoutes,
  ...agentRoutes,
  ...graphRoutes,
  {
    method: 'get',
    path: '/api/models',
    tag: 'Models',
    operationId: 'listModels',
    summary: 'The models that may be named in `model_name`',
    answers: { 200: { description: "In the operator's order.", content: { json: 'ModelList' } } },
  },
  {
    method: 'get',
    path: '/api/models/{name}',
    tag: 'Models',
    operationId: 'getModel',
    summary: 'The settings of a model, without its secrets',
    parameters: ['ModelName'],
    answers: { 200: { description: 'The settings.', content: { json: 'ModelDetail' } } },
    errors: ['model_not_found'],
  },
  {
    method: 'get',
    path: '/api/mcp/status',
    tag: 'Tools',
    operationId: 'getMcpStatus',
    summary: 'The configured MCP servers',
    answers: { 200: { description: 'The servers.', content: { json: 'McpStatus' } } },
  },
  {
    method: 'get',
    path: '/api/mcp/tools',
    tag: 'Tools',
    operationId: 'listMcpTools',
    summary: 'The tools of all MCP servers',
    description: 'Connects what is not connected; a server that cannot be reached within 5 s is left out.',
    answers: { 200: { description: 'The tools.', content: { json: 'McpTools' } } },
  },
  {
    method: 'post',
    path: '/api/mcp/connect/{name}',
    tag: 'Tools',
    operationId: 'connectMcpServer',
    summary: 'Connect a configured MCP server',
    parameters: ['McpServerName'],
    answers: { 200: { description: 'It is connected.', content: { json: 'McpConnection' } } },
    errors: ['tool_server_not_found', 'tool_server_unreachable'],
  },
  {
    method: 'post',
    path: '/api/mcp/disconnect/{name}',
    tag: 'Tools',
    operationId: 'disconnectMcpServer',
    summary: 'Disconnect an MCP server; it connects again when it is needed',
    parameters: ['McpServerName'],
    answers: { 200: { description: 'It is disconnected.', content: { json: 'McpConnection' } } },
    errors: ['tool_server_not_found'],
  },
  ...openAiRoutes(runErrors),
  ...aiSdkRoutes,
  {
    method: 'get',
    path: '/health',
    tag: 'Server',
    access: 'public',
    operationId: 'getHealth',
    summary: 'Whether the server is up',
    answers: { 200: { description: 'It is.', content: { json: 'Health' } } },
  },
  {
    method: 'get',
    path: '/health/live',
    tag: 'Server',
    access: 'public',
    operationId: 'getLiveness',
    summary: 'Whether the process answers',
    answers: { 200: { description: 'It does.', content: { json: 'Liveness' } } },
  },
  {
    method: 'get',
    path: '/health/ready',
    tag: 'Server',
    access: 'public',
    operationId: 'getReadiness',
    summary: 'Whether this instance may be sent requests',
    description: 'Where it may not, `checks` of the problem names each dependency, up or down.',
    answers: { 200: { description: 'It may.', content: { json: 'Readiness' } } },
    errors: ['not_ready', 'shutting_down'],
  },
  {
    method: 'get',
    path: '/metrics',
    tag: 'Server',
    access: 'operator',
    operationId: 'getMetrics',
    summary: 'What the server measures of itself, for Prometheus',
    description: 'Takes `METRICS_TOKEN` as a bearer token, and no other credential.',
    answers: { 200: { description: 'The text format 0.0.4.', content: { text: 'text/plain' } } },
  },
  ...contractRoutes,
];
