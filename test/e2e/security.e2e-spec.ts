import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { rawRequest, send, sendJson, sendRaw, type HttpAnswer } from '../support/http-client.js';
import { startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai/index.js';
import { startServer, type TestServer } from '../support/server.js';

const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'connect-src': "'self'",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
  'require-trusted-types-for': "'script'",
};
const CHAT = '/api/chat/completions';
const turn = { model_name: 'plain', user_prompt: 'Hi' };
const asset = readdirSync(resolve(import.meta.dirname, '../../dist/client/assets')).find((name) =>
  name.endsWith('.js'),
)!;

describe('security headers', () => {
  let openai: ScriptedOpenAi;
  let server: TestServer;
  let run = '';

  beforeAll(async () => {
    openai = await startScriptedOpenAi();
    server = await startServer({ OPENAI_BASE_URL: openai.baseUrl, OPENAI_MODEL: 'plain' });
    run = (await sendJson(server.url, CHAT, { ...turn, stream: false })).headers['x-run-id'] as string;
  });
  afterAll(async () => {
    await server.stop();
    await openai.stop();
  });

  const kinds: [string, number, () => Promise<HttpAnswer>][] = [
    ['the UI', 200, () => send(server.url, { path: '/' })],
    ['the page of a conversation', 200, () => send(server.url, { path: '/c/1' })],
    ['an asset', 200, () => send(server.url, { path: `/assets/${asset}` })],
    ['HEAD of an asset', 200, () => send(server.url, { method: 'HEAD', path: `/assets/${asset}` })],
    ['JSON', 200, () => send(server.url, { path: '/api/models' })],
    ['a stream', 200, () => sendJson(server.url, CHAT, turn)],
    ['a replayed stream', 200, () => send(server.url, { path: `/api/runs/${run}/events` })],
    ['a completion', 200, () => sendJson(server.url, CHAT, { ...turn, stream: false })],
    ['a receipt', 202, () => send(server.url, { method: 'POST', path: `/api/runs/${run}/cancel` })],
    ['the documentation', 200, () => send(server.url, { path: '/docs' })],
    ['the document', 200, () => send(server.url, { path: '/openapi.json' })],
    ['the style sheet', 200, () => send(server.url, { path: '/docs/style.css' })],
    ['health', 200, () => send(server.url, { path: '/health' })],
    ['OPTIONS', 405, () => send(server.url, { method: 'OPTIONS', path: '/api/models' })],
    ['a problem of the router', 404, () => send(server.url, { path: '/nope' })],
    ['a problem of a method', 405, () => send(server.url, { method: 'PUT', path: '/api/models' })],
    ['a problem of the body', 400, () => sendJson(server.url, CHAT, '{')],
    ['a problem of the guard', 421, () => send(server.url, { path: '/', headers: { host: 'evil.example' } })],
    ['a problem of a handler', 404, () => send(server.url, { path: '/api/runs/nope/events' })],
  ];

  it.each(kinds)('%s has them', async (_name, status, request) => {
    const { headers, status: answered } = await request();
    expect(answered).toBe(status);
    const policy = Object.fromEntries(
      String(headers['content-security-policy'])
        .split(';')
        .map((directive) => directive.split(/ (.*)/).slice(0, 2)),
    );
    expect(policy).toMatchObject(POLICY);
    expect(JSON.stringify(policy)).not.toMatch(/unsafe|http:|https:|\*/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    for (const name of [
      'x-powered-by',
      'server',
      'set-cookie',
      'access-control-allow-origin',
      'etag-internal',
    ])
      expect(headers[name]).toBeUndefined();
  });

  it('broken HTTP is answered, with what matters, and the connection closed', async () => {
    const [answer] = await sendRaw(server.url, rawRequest('GET / HTTP/1.1', ['host : x']));
    expect(answer).toMatchObject({
      status: 400,
      closed: true,
      headers: { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', connection: 'close' },
    });
  });

  it.each([
    ['/api/models', 'no-store'],
    ['/api/runs/nope', 'no-store'],
    ['/health', 'no-store'],
    ['/docs', 'no-cache'],
    ['/openapi.json', 'no-cache'],
    ['/', 'public, max-age=0'],
    ['/c/1', 'no-cache'],
    [`/assets/${asset}`, 'public, max-age=31536000, immutable'],
    ['/assets/nope.js', 'no-store'],
  ])('%s is cached as %s', async (path, expected) => {
    const { headers } = await send(server.url, { path });
    expect(headers['cache-control']).toBe(expected);
  });

  it.each(['/assets', '/assets/', '/c', '/c/', '/c/a/b', '/index.html/', '/docs/', '/assets/.env'])(
    '%s is nothing: no list, no redirect',
    async (path) => {
      expect(await send(server.url, { path })).toMatchObject({ status: 404 });
    },
  );

  it.each([
    { range: 'bytes=9999999-' },
    { 'if-match': '"x"' },
    { 'if-none-match': '*' },
    { 'if-modified-since': 'garbage' },
  ])('a file asked for with %j never fails on our side', async (headers) => {
    for (const path of ['/', '/c/1', `/assets/${asset}`]) {
      const { status } = await send(server.url, { path, headers });
      expect([200, 304, 400, 404]).toContain(status);
    }
  });
});
