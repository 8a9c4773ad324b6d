import type { ErrorCode } from '../../src/protocol/error-code.js';
import { send, sendJson } from '../support/http-client.js';
import type { Row } from './bad-input.row.js';
import type { BadInputSite } from './bad-input.site.js';

const message = { id: 'u', role: 'user', content: 'Hi' };
const input = { threadId: 'ag-ui', runId: 'r', forwardedProps: { model: 'plain' }, messages: [message] };
const refused = (name: string, fields: object, code: ErrorCode = 'invalid_request', status = 422): Row => ({
  name: `AG-UI ${name}`,
  send: ({ url }: BadInputSite) => sendJson(url, '/api/ag-ui/run', { ...input, ...fields }),
  status,
  code,
});
const unsupported = (name: string, fields: object) => refused(name, fields, 'unsupported_parameter', 400);
const withPart = (part: object) => ({ messages: [{ ...message, content: [part] }] });

/** What the route for clients of AG-UI makes of bad input. */
export const agUiRows: readonly Row[] = [
  refused('no thread', { threadId: undefined }),
  refused('a thread with a slash', { threadId: 'a/b' }),
  refused('no run', { runId: undefined }),
  refused('messages that are a text', { messages: 'Hi' }),
  refused('a message without an id', { messages: [{ role: 'user', content: 'Hi' }] }),
  refused('a message of an unknown role', { messages: [{ ...message, role: 'robot' }] }),
  refused('an unknown part', withPart({ type: 'hologram' })),
  refused('a tool whose name no provider takes', { tools: [{ name: 'a b', description: '' }] }),
  refused('props that are a text', { forwardedProps: 'plain' }),
  refused('an unknown model', { forwardedProps: { model: 'nope' } }, 'unknown_model', 400),
  refused('no messages in a new thread', { threadId: 'nobodys', messages: [] }, 'blank_prompt', 400),
  refused('a blank prompt', { messages: [{ ...message, content: ' \n' }] }, 'blank_prompt', 400),
  unsupported('an answer of nobody as the last message', {
    messages: [message, { id: 'a', role: 'assistant', content: 'Hello' }],
  }),
  unsupported('the result of a tool that nobody called', {
    messages: [message, { id: 't', role: 'tool', toolCallId: 'c', content: '5' }],
  }),
  unsupported('a file by its id', withPart({ type: 'image', source: { type: 'file', fileId: 'f' } })),
  unsupported(
    'a document that is only linked',
    withPart({
      type: 'document',
      source: { type: 'url', value: 'https://x.example/a.pdf', mimeType: 'application/pdf' },
    }),
  ),
  unsupported('answers to interrupts that nobody asked', {
    resume: [{ interruptId: 'i', status: 'resolved' }],
  }),
  {
    name: 'an unknown dialect of events',
    send: ({ url, runId }) => send(url, { path: `/api/runs/${runId}/events?dialect=klingon` }),
    status: 400,
    code: 'invalid_parameter',
  },
  {
    name: 'two dialects of events',
    send: ({ url, runId }) => send(url, { path: `/api/runs/${runId}/events?dialect=openai&dialect=native` }),
    status: 400,
    code: 'invalid_parameter',
  },
];
