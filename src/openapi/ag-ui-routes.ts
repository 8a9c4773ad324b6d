import type { Route } from './route.js';

/** The route for clients of AG-UI. */
export const agUiRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/api/ag-ui/run',
    tag: 'AG-UI',
    operationId: 'runAgUi',
    summary: 'Ask, as HttpAgent does',
    description:
      'A thread is the conversation of its id, and a run a turn of it, which goes on when its reader leaves. The same `runId` in a thread is the same run; a request that says nothing new reads the answer that is there. See docs/clients.md.',
    parameters: ['IdempotencyKey', 'ResumeLastEventId'],
    body: 'AgUiRunRequest',
    answers: {
      200: {
        description:
          'Events of AG-UI, from RUN_STARTED to RUN_FINISHED or RUN_ERROR. Who comes back gets a MESSAGES_SNAPSHOT after RUN_STARTED.',
        content: { eventStream: 'AgUiEvent', dialect: 'ag-ui' },
        headers: ['RunId', 'ConversationId'],
      },
    },
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
];
