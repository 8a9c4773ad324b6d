import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { rawRequest, send, sendJson, sendRaw } from '../support/http-client.js';
import { scripts, startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai/index.js';
import { startServer, type TestServer } from '../support/server.js';

const CHAT = '/api/chat/completions';
const packageFile = readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8');

describe('HTTP', () => {
  let openai: ScriptedOpenAi;
  let server: TestServer;
  beforeAll(async () => {
    openai = await startScriptedOpenAi();
    server = await startServer({
      BODY_LIMIT: '2000',
      REQUEST_SECONDS: '2',
      OPENAI_BASE_URL: openai.baseUrl,
      OPENAI_MODEL: 'long',
    });
  });
  afterAll(async () => {
    await server.stop();
    await openai.stop();
  });

  it('/health tells name and version, wherever the server was started', async () => {
    const { status, body } = await send(server.url, { path: '/health' });
    expect(status).toBe(200);
    const { version } = JSON.parse(packageFile) as { version: string };
    expect(JSON.parse(body)).toMatchObject({ status: 'healthy', app_name: 'Millrace', version });
  });

  it('HEAD has the headers of GET and no body', async () => {
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => send(server.url, { method, path: '/health' })),
    );
    expect(head).toMatchObject({ status: 200, body: '' });
    for (const name of ['content-type', 'content-length', 'cache-control'])
      expect(head!.headers[name]).toBe(get!.headers[name]);
  });

  it('tells each wrong field of a body', async () => {
    const { status, body } = await sendJson(server.url, CHAT, {
      user_prompt: 5,
      mcp_servers: ['a', 7],
      stream: 'maybe',
    });
    expect(status).toBe(422);
    const { errors, detail, code } = JSON.parse(body);
    expect(code).toBe('invalid_request');
    expect(errors.map(({ loc }: { loc: string[] }) => loc)).toEqual([
      ['user_prompt'],
      ['model_name'],
      ['mcp_servers', '1'],
      ['stream'],
    ]);
    expect(errors.every(({ type, msg }: { type: string; msg: string }) => type && msg)).toBe(true);
    expect(detail).toMatch(/user_prompt: .*; model_name: .*; mcp_servers\.1: /);
  });

  it('never tells the query of a request', async () => {
    const { body } = await send(server.url, { path: '/nope?token=hunter2' });
    expect(JSON.parse(body)).toMatchObject({ instance: '/nope' });
    expect(body).not.toContain('hunter2');
  });

  const bodyOf = (bytes: number) => {
    const empty = JSON.stringify({ model_name: 'long', user_prompt: '', stream: false });
    return empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
  };
  it.each([
    [2000, 200],
    [2001, 413],
  ])('a body of %i bytes, where 2000 are allowed, gets %i', async (bytes, status) => {
    const body = bodyOf(bytes);
    expect(Buffer.byteLength(body)).toBe(bytes);
    expect((await sendJson(server.url, CHAT, body)).status).toBe(status);
  });

  it('counts a chunked body while it comes', async () => {
    const chunk = `7d1\r\n${bodyOf(2001)}\r\n`;
    const headers = ['host: localhost', 'content-type: application/json', 'transfer-encoding: chunked'];
    const [answer] = await sendRaw(server.url, rawRequest(`POST ${CHAT} HTTP/1.1`, headers, chunk));
    expect(answer).toMatchObject({ status: 413 });
    expect(JSON.parse(answer!.body)).toMatchObject({ code: 'body_too_large' });
  });

  it('answers a body that is too large before the whole of it has come, and says nothing more', async () => {
    const headers = ['host: localhost', 'content-type: application/json', 'content-length: 100000'];
    const answers = await sendRaw(server.url, rawRequest(`POST ${CHAT} HTTP/1.1`, headers, '{'), 5000);
    expect(answers).toMatchObject([{ status: 413, closed: true }]);
  });

  it('keeps a connection open for longer than any load balancer, and serves the next request on it', async () => {
    const request = rawRequest('GET /health HTTP/1.1', ['host: localhost']);
    const answers = await sendRaw(server.url, request + request);
    expect(answers.map(({ status, closed }) => ({ status, closed }))).toEqual([
      { status: 200, closed: false },
      { status: 200, closed: false },
    ]);
    expect(answers[0]!.headers['keep-alive']).toBe('timeout=620');
  });

  it('goes on with a connection after a refusal that left nothing unread', async () => {
    const refused = rawRequest('GET /nope HTTP/1.1', ['host: localhost']);
    const answers = await sendRaw(
      server.url,
      refused + rawRequest('GET /health HTTP/1.1', ['host: localhost']),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 200]);
  });

  it('writes nothing into a stream that is under way when its connection sends garbage', async () => {
    await openai.push(scripts.slow(['never']));
    const body = JSON.stringify({ model_name: 'long', user_prompt: 'x' });
    const headers = ['host: localhost', 'content-type: application/json', `content-length: ${body.length}`];
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let text = '';
    await new Promise<void>((done) => {
      socket.on('data', (chunk: Buffer) => {
        if (text === '') socket.write('\x00\x01 garbage\r\n\r\n');
        text += chunk.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => done());
      socket.write(rawRequest(`POST ${CHAT} HTTP/1.1`, headers, body));
    });
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(text).not.toContain('problem+json');
    expect(text).not.toContain('[DONE]');
    expect(await send(server.url, { path: '/health' })).toMatchObject({ status: 200 });
  });

  it('leaves the seed’s answers for people as they were', async () => {
    const detail = async (body: object) =>
      (JSON.parse((await sendJson(server.url, CHAT, body)).body) as { detail: string }).detail;
    expect(await detail({ user_prompt: ' ', model_name: 'long' })).toBe('用户消息不能为空');
    expect(await detail({ user_prompt: 'x', model_name: '' })).toBe('必须指定模型名称');
    expect(await detail({ user_prompt: 'x', model_name: 'gpt-x' })).toBe('找不到模型配置: gpt-x');
  });
});
