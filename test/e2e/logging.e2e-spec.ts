import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { send, sendJson } from '../support/http-client.js';
import { scripts, startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai/index.js';
import { startServer, type TestServer } from '../support/server.js';

const CHAT = '/api/chat/completions';
const secrets = {
  key: 'sk-CANARYKEY00000001',
  header: 'CANARYHEADER00000002',
  prompt: 'CANARYPROMPT00000003',
  system: 'CANARYSYSTEM00000004',
  answer: 'CANARYANSWER00000005',
  reasoning: 'CANARYREASONING00006',
  provider: 'CANARYPROVIDER000007',
  toolArguments: 'CANARYARGUMENTS00008',
  query: 'CANARYQUERY000000009',
  cookie: 'CANARYCOOKIE00000010',
  idempotencyKey: 'CANARYIDEMPOTENCY011',
  brokenBody: 'CANARYBROKENBODY0012',
  extraHeader: 'CANARYEXTRAHEADER013',
};

describe.each(['info', 'debug'])('[P19] [OPS-01] what the process prints at %s', (level) => {
  let openai: ScriptedOpenAi;
  let folder: string;
  let server: TestServer;
  /** What went to the model. */
  let sent = '';
  /** What came back from the first turn. */
  let heard = '';

  beforeAll(async () => {
    openai = await startScriptedOpenAi();
    folder = await mkdtemp(join(tmpdir(), 'millrace-logging-'));
    const entry = {
      base_url: openai.baseUrl,
      api_key: secrets.key,
      extra_headers: { 'x-secret': secrets.extraHeader },
    };
    const models = [
      { ...entry, name: 'm', model: 'm' },
      { ...entry, name: 'nowhere', model: 'm', base_url: `http://127.0.0.1:9/v1?key=${secrets.query}` },
    ];
    await writeFile(join(folder, 'models.json'), JSON.stringify({ models }));
    server = await startServer({
      MODELS_FILE: join(folder, 'models.json'),
      ...(level !== 'info' && { LOG_LEVEL: level }),
      MODEL_MAX_RETRIES: '0',
      SHUTDOWN_SECONDS: '0',
    });
    await act();
  });
  afterAll(async () => {
    await openai.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const turn = (fields: object = {}) =>
    sendJson(
      server.url,
      `${CHAT}?q=${secrets.query}`,
      {
        model_name: 'm',
        user_prompt: secrets.prompt,
        system_prompt: secrets.system,
        mcp_servers: ['builtin'],
        ...fields,
      },
      {
        authorization: `Bearer ${secrets.header}`,
        cookie: `session=${secrets.cookie}`,
        'idempotency-key': `${secrets.idempotencyKey}-${Math.random()}`,
      },
    );

  /** Everything that a turn can meet, good and bad, with a secret wherever somebody writes something. */
  async function act(): Promise<void> {
    const answering = scripts.answer(
      scripts.reasoning(secrets.reasoning),
      scripts.text(secrets.answer),
      scripts.finish('stop'),
      scripts.usage(),
      scripts.done(),
    );
    const calling = (name: string, args: object) =>
      scripts.calling({ id: 'a', name, args: args as Record<string, unknown> });
    await openai.push(calling('builtin__calculate', { expression: secrets.toolArguments }), answering);
    heard = (await turn()).body;
    await openai.push(
      scripts.calling({ id: 'b', name: secrets.toolArguments, args: `{${secrets.toolArguments}` }),
      answering,
    );
    await turn({ conversation_id: 'kept' });
    for (const status of [400, 401, 404, 413, 429, 500, 503]) {
      const error = {
        message: secrets.provider,
        type: secrets.provider,
        code: secrets.provider,
        param: secrets.provider,
      };
      await openai.push(scripts.failing(status, error, { 'x-secret': secrets.provider }));
      await turn({ stream: status % 2 === 0 });
    }
    await openai.push(
      scripts.errorAfter({ message: secrets.provider, code: secrets.provider }, secrets.answer),
      scripts.cutAfter(secrets.answer),
      scripts.answer(scripts.text(secrets.answer), { do: 'data', data: `{"choices": ${secrets.provider}` }),
      { ...scripts.webPage(), steps: [{ do: 'write', text: `<html>${secrets.provider}</html>` }] },
      scripts.endingWithoutFinish(secrets.answer),
    );
    for (let index = 0; index < 5; index += 1) await turn();
    await turn({ model_name: 'nowhere' });
    await send(server.url, { path: `/api/models?access_token=${secrets.query}` });
    await turn({ model_name: secrets.prompt });
    await turn({ user_prompt: 5, system_prompt: [secrets.system] });
    await turn({ mcp_servers: [secrets.prompt] });
    await sendJson(server.url, CHAT, `{"user_prompt":"${secrets.brokenBody}`);
    await send(server.url, {
      path: `/api/runs/${secrets.prompt}/events?after=${secrets.query}`,
      headers: { 'last-event-id': secrets.header },
    });
    await send(server.url, {
      path: '/api/models',
      headers: { 'x-filler': secrets.header.padEnd(40_000, 'x') },
    });
    await openai.push(scripts.slow([secrets.answer]));
    const before = (await openai.requests()).length;
    void turn().catch(() => undefined);
    await openai.received(before + 1);
    sent = JSON.stringify(await openai.requests());
    await server.stop();
  }

  /** At debug the texts of errors and of providers may be read; keys, headers and queries never. */
  const hidden =
    level === 'info'
      ? Object.keys(secrets)
      : ['key', 'extraHeader', 'header', 'query', 'cookie', 'idempotencyKey', 'answer', 'brokenBody'];

  it.each(hidden)('has no %s', (name) => {
    const at = server.output().indexOf(secrets[name as keyof typeof secrets]);
    expect(at === -1 ? '' : server.output().slice(Math.max(0, at - 500), at + 100)).toBe('');
  });

  it('was told the secrets in the first place', () => {
    for (const name of ['key', 'extraHeader', 'prompt', 'system', 'toolArguments'] as const)
      expect(sent).toContain(secrets[name]);
    for (const name of ['reasoning', 'answer', 'toolArguments'] as const)
      expect(heard).toContain(secrets[name]);
  });

  it('tells that runs failed, by their ids and codes', () => {
    const records = server
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const failed = records.filter(({ msg }) => msg === 'A run failed');
    const codes = failed.map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining([
        'upstream_rejected',
        'upstream_unauthorized',
        'upstream_cut',
        'upstream_unavailable',
      ]),
    );
    expect(failed.every(({ run_id }) => typeof run_id === 'string')).toBe(true);
  });

  if (level === 'debug')
    it('tells of each request how it was answered', () => {
      const lines = server
        .output()
        .split('\n')
        .filter((line) => line.includes('"request completed"'));
      const answered = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(answered).toContainEqual(
        expect.objectContaining({
          req: expect.objectContaining({ method: 'POST', path: CHAT }),
          res: { status: 200 },
          responseTime: expect.any(Number),
        }),
      );
    });

  it('is short at the start', () => {
    // What the database and the live log survive, and where it listens.
    const lines = server.output().split('\n');
    if (level === 'info')
      expect(JSON.parse(lines[2]!)).toMatchObject({
        msg: expect.stringContaining('Millrace is ready at http'),
      });
    else expect(server.output()).toContain('Millrace is ready at http');
  });
});
