import type { ErrorCode } from '../../src/protocol/error-code.js';
import { sendJson } from '../support/http-client.js';
import type { Row } from './bad-input.row.js';
import type { BadInputSite } from './bad-input.site.js';

const message = { id: 'u', role: 'user', parts: [{ type: 'text', text: 'Hi' }] };
const chat = { id: 'ai-sdk', model: 'plain', messages: [message] };
const manyValues = {
  type: 'dynamic-tool',
  toolName: 's__t',
  toolCallId: 'c',
  state: 'output-available',
  input: {},
  output: Array.from({ length: 100_000 }, (_, number) => number),
};
const post =
  (body: unknown, path = '/api/ai-sdk/chat') =>
  ({ url }: BadInputSite) =>
    sendJson(url, path, body);
const refused = (name: string, fields: object, code: ErrorCode = 'invalid_request', status = 422): Row => ({
  name: `AI SDK ${name}`,
  send: post({ ...chat, ...fields }),
  status,
  code,
});

/** What the routes for clients of the AI SDK make of bad input. */
export const aiSdkRows: readonly Row[] = [
  refused('an id that is a number', { id: 5 }),
  refused('an id with a slash', { id: 'a/b' }),
  refused('no messages', { messages: [] }),
  refused('messages of an older form', { messages: [{ id: 'u', role: 'user', content: 'Hi' }] }),
  refused('a part without a type', { messages: [{ ...message, parts: [{ text: 'Hi' }] }] }),
  refused('an unknown trigger', { trigger: 'resubmit' }),
  refused('an unknown model', { model: 'nope' }, 'unknown_model', 400),
  refused(
    'a blank prompt',
    { messages: [{ ...message, parts: [{ type: 'text', text: ' \n' }] }] },
    'blank_prompt',
    400,
  ),
  refused(
    'an answer as the last message',
    { messages: [message, { ...message, role: 'assistant' }] },
    'unsupported_parameter',
    400,
  ),
  refused(
    'a file that is only linked',
    {
      messages: [
        {
          ...message,
          parts: [{ type: 'file', mediaType: 'application/pdf', url: 'https://x.example/a.pdf' }],
        },
      ],
    },
    'unsupported_parameter',
    400,
  ),
  {
    name: 'AI SDK a long history of what tools gave',
    send: post({
      ...chat,
      messages: [message, { id: 'a', role: 'assistant', parts: [manyValues] }, message],
    }),
    status: 200,
    runs: 1,
  },
  {
    name: 'AI SDK a stop with a number',
    send: post({ activeStreamId: 5 }, '/api/ai-sdk/chat/ai-sdk/stop'),
    status: 400,
    code: 'invalid_parameter',
  },
  {
    name: 'AI SDK a stream of an id that can be none',
    send: ({ url }) => sendJson(url, '/api/ai-sdk/chat/%00%20/stop', {}),
    status: 204,
  },
];
