import type { ErrorCode } from '../protocol/error-code.js';
import type { Route } from './route.js';

/** The routes for clients of OpenAI. `runErrors` is what the end of a run may be. */
export const openAiRoutes = (runErrors: readonly ErrorCode[]): readonly Route[] => [
  {
    method: 'post',
    path: '/v1/chat/completions',
    tag: 'OpenAI',
    operationId: 'createOpenAiChatCompletion',
    summary: 'Ask, as with OpenAI',
    description:
      'A temporary run: the client sends the whole history, nothing is stored, and the run ends a moment after its reader has left. `tools` are the client’s own. See docs/clients.md for every field.',
    parameters: ['IdempotencyKey', 'ResumeLastEventId'],
    body: 'OpenAiChatRequest',
    answers: {
      200: {
        description:
          'With `stream: true` chunks and then the literal `[DONE]`, without ids; an error ends the stream in its place. The headers wait until the model begins to answer, at most one heartbeat, so that a failure before has its status.',
        content: { eventStream: 'OpenAiChunk', dialect: 'openai' },
        or: { json: 'OpenAiChatCompletion' },
        headers: ['RunId'],
      },
    },
    errors: [
      'model_not_found',
      'unsupported_parameter',
      'idempotency_mismatch',
      'run_not_found',
      'shutting_down',
      'parameter_rejected',
      ...runErrors,
    ],
  },
  {
    method: 'get',
    path: '/v1/models',
    tag: 'OpenAI',
    operationId: 'listOpenAiModels',
    summary: 'The models that may be named in `model`',
    answers: { 200: { description: "In the operator's order.", content: { json: 'OpenAiModelList' } } },
  },
  {
    method: 'get',
    path: '/v1/models/{name}',
    tag: 'OpenAI',
    operationId: 'getOpenAiModel',
    summary: 'One of them',
    parameters: ['ModelName'],
    answers: { 200: { description: 'It is there.', content: { json: 'OpenAiModel' } } },
    errors: ['model_not_found'],
  },
];
