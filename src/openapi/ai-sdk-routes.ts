import type { Route } from './route.js';

const chunks = {
  description:
    'Chunks of the UI message stream, version 1, then the literal `[DONE]`. A failure is a `data-error` part with its code, then an `error` chunk.',
  content: { eventStream: 'AiSdkChunk', dialect: 'ai-sdk' },
  headers: ['RunId', 'ConversationId', 'UiMessageStream'],
} as const;

/** The routes for clients of the AI SDK. */
export const aiSdkRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/api/ai-sdk/chat',
    tag: 'AI SDK',
    operationId: 'sendAiSdkChat',
    summary: 'Ask, as DefaultChatTransport does',
    description:
      'A chat is the conversation of its id, and the answer a turn of it, which goes on when its reader leaves. The messages that the client sends are the history. See docs/clients.md.',
    parameters: ['IdempotencyKey', 'ResumeLastEventId'],
    body: 'AiSdkChatRequest',
    answers: { 200: chunks },
    errors: [
      'blank_prompt',
      'unknown_model',
      'unsupported_parameter',
      'idempotency_mismatch',
      'run_not_found',
      'conversation_busy',
      'wrong_conversation_type',
      'shutting_down',
      'storage_failed',
    ],
  },
  {
    method: 'get',
    path: '/api/ai-sdk/chat/{id}/stream',
    tag: 'AI SDK',
    operationId: 'resumeAiSdkChat',
    summary: 'The answer that is being written, from its start',
    description: 'Or that has ended within the last minute, for clients that lost it.',
    parameters: ['ConversationId'],
    answers: { 200: chunks, 204: { description: 'There is none.' } },
  },
  {
    method: 'post',
    path: '/api/ai-sdk/chat/{id}/stop',
    tag: 'AI SDK',
    operationId: 'stopAiSdkChat',
    summary: 'Stop the answer that is being written',
    description:
      'Keeps what had arrived. With `activeStreamId` (the `run_id` of the message’s metadata) only if it is that one.',
    parameters: ['ConversationId'],
    body: 'AiSdkStopRequest',
    bodyIsOptional: true,
    answers: {
      202: { description: 'The receipt.', content: { json: 'CancelReceipt' } },
      204: { description: 'There was nothing to stop.' },
    },
  },
];
