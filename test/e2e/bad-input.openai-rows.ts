import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../src/protocol/error-code.js';
import { send, sendJson } from '../support/http-client.js';
import type { Row } from './bad-input.row.js';
import type { BadInputSite } from './bad-input.site.js';

const compatible =
  (body: unknown, headers: Record<string, string | string[]> = {}) =>
  ({ url }: BadInputSite) =>
    sendJson(url, '/v1/chat/completions', body, headers);
const completion = { model: 'plain', messages: [{ role: 'user', content: 'Hi' }] };
const nested = (depth: number): unknown => (depth === 0 ? {} : { a: nested(depth - 1) });
const openAiForm: Row['check'] = ({ body }) => {
  expect(JSON.parse(body).error).toMatchObject({
    message: expect.stringMatching(/\S/),
    code: expect.any(String),
  });
};
const refusedCompletion = (
  name: string,
  body: unknown,
  code: ErrorCode = 'invalid_parameter',
  status = 400,
): Row => ({
  name: `/v1 ${name}`,
  send: compatible(body),
  status,
  code,
  check: openAiForm,
});

/** What the route for clients of OpenAI makes of the same. */
export const openAiRows: readonly Row[] = [
  refusedCompletion('not JSON', '{"model":', 'invalid_json'),
  refusedCompletion('a list', [completion], 'invalid_json'),
  refusedCompletion('nested deeper than 32', { ...completion, metadata: nested(40) }, 'invalid_json'),
  refusedCompletion('a key of every object', `{"model":"plain","__proto__":{}}`, 'invalid_json'),
  refusedCompletion('nothing', {}),
  refusedCompletion('an unknown field', { ...completion, extra_body: {} }),
  refusedCompletion('messages that are a text', { ...completion, messages: 'Hi' }),
  refusedCompletion('a content that is a number', {
    ...completion,
    messages: [{ role: 'user', content: 5 }],
  }),
  refusedCompletion('two answers', { ...completion, n: 2 }, 'unsupported_parameter'),
  refusedCompletion('an unknown model', { ...completion, model: 'nope' }, 'model_not_found', 404),
  {
    name: '/v1 compressed',
    send: ({ url }) =>
      send(url, {
        method: 'POST',
        path: '/v1/chat/completions',
        body: gzipSync(JSON.stringify(completion)),
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      }),
    status: 415,
    code: 'unsupported_media_type',
    check: openAiForm,
  },
  {
    name: '/v1 an Idempotency-Key of 256',
    send: compatible(completion, { 'idempotency-key': 'k'.repeat(256) }),
    status: 400,
    code: 'invalid_parameter',
    check: openAiForm,
  },
  {
    name: '/v1 a Last-Event-ID that is no position',
    send: compatible(completion, { 'last-event-id': 'garbage' }),
    status: 400,
    code: 'invalid_parameter',
    check: openAiForm,
  },
  {
    name: '/v1 halves of surrogate pairs, and NUL',
    send: compatible('{"model":"plain","messages":[{"role":"user","content":"a\\ud800b\\u0000"}]}'),
    status: 200,
    runs: 1,
    check: async (_answer, site) => {
      expect((await site.lastModelRequest()).messages).toEqual([{ role: 'user', content: 'a\ufffdb\0' }]);
    },
  },
];
