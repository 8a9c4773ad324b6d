import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { send, sendJson } from '../support/http-client.js';
import { scripts, startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai/index.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseReader } from '../support/sse-client.js';

const CHAT = '/api/chat/completions';
const TOKEN = 'metrics-token-of-32-characters..';
const CANARY = 'CANARY-0000';

describe('GET /metrics', () => {
  let openai: ScriptedOpenAi;
  let folder: string;
  let server: TestServer;

  beforeAll(async () => {
    openai = await startScriptedOpenAi();
    folder = await mkdtemp(join(tmpdir(), 'millrace-metrics-'));
    const models = [{ name: 'm', model: 'm', base_url: openai.baseUrl, api_key: `sk-${CANARY}` }];
    await writeFile(join(folder, 'models.json'), JSON.stringify({ models }));
    server = await startServer({
      MODELS_FILE: join(folder, 'models.json'),
      METRICS_TOKEN: TOKEN,
      MODEL_MAX_RETRIES: '1',
    });
  });
  afterAll(async () => {
    await server.stop();
    await openai.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const read = async () => {
    const { headers, body } = await send(server.url, {
      path: '/metrics',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    return body;
  };
  /** The value of one series, 0 when there is none. Labels stand in any order. */
  const value = (text: string, name: string, labels: Record<string, string> = {}): number => {
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    const found = lines.find((line) =>
      Object.entries(labels).every(([label, wanted]) => line.includes(`${label}="${wanted}"`)),
    );
    return Number(found?.split(' ').at(-1) ?? 0);
  };
  const turn = (fields: object = {}) =>
    sendJson(
      server.url,
      CHAT,
      { model_name: 'm', user_prompt: `${CANARY} prompt`, stream: false, ...fields },
      { 'idempotency-key': `${CANARY}-${Math.random()}` },
    );

  it('counts runs and model calls by how they ended', async () => {
    await openai.push(scripts.saying('hi'));
    await turn({ conversation_id: `${CANARY}-conversation` });
    await openai.push(scripts.cutAfter('hal'));
    await turn();
    await openai.push(scripts.failing(503), scripts.saying('hi'));
    await turn();
    await turn({ model_name: `${CANARY}-model` });
    const text = await read();
    expect(value(text, 'millrace_runs_ended_total', { mode: 'chat', end: 'completed', code: '' })).toBe(2);
    expect(value(text, 'millrace_runs_ended_total', { end: 'failed', code: 'upstream_cut' })).toBe(1);
    expect(value(text, 'millrace_run_duration_seconds_count', { end: 'completed' })).toBe(2);
    expect(value(text, 'millrace_run_first_chunk_seconds_count', { mode: 'chat' })).toBe(3);
    expect(value(text, 'millrace_model_calls_total', { model: 'm', outcome: 'completed' })).toBe(2);
    expect(value(text, 'millrace_model_calls_total', { model: 'm', outcome: 'upstream_cut' })).toBe(1);
    expect(value(text, 'millrace_model_retries_total', { model: 'm' })).toBe(1);
    expect(value(text, 'millrace_model_first_chunk_seconds_count', { model: 'm' })).toBe(3);
    expect(value(text, 'millrace_model_call_duration_seconds_count', { model: 'm' })).toBe(3);
  });

  it('shows what is going on now', async () => {
    const before = await read();
    expect(value(before, 'millrace_active_runs')).toBe(0);
    expect(value(before, 'millrace_open_streams')).toBe(0);
    await openai.push(scripts.slow(['never ']));
    const body = { model_name: 'm', user_prompt: 'wait' };
    const reader = await SseReader.open(server.url + CHAT, { method: 'POST', body });
    const during = await read();
    expect(value(during, 'millrace_active_runs', { mode: 'chat' })).toBe(1);
    expect(value(during, 'millrace_open_streams')).toBe(1);
    await sendJson(server.url, `/api/runs/${reader.runId}/cancel`, {});
    await reader.toEnd();
    const after = await read();
    expect(value(after, 'millrace_active_runs', { mode: 'chat' })).toBe(0);
    expect(value(after, 'millrace_open_streams')).toBe(0);
    expect(value(after, 'millrace_runs_ended_total', { end: 'cancelled' })).toBe(1);
    expect(value(after, 'millrace_model_calls_total', { outcome: 'cancelled' })).toBe(1);
  });

  it('tells of the process: event loop lag, memory, CPU', async () => {
    const text = await read();
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
    ])
      expect(value(text, name)).toBeGreaterThan(0);
  });

  it('holds nothing that a user wrote', async () => {
    expect(await read()).not.toContain(CANARY);
  });

  it('is for whoever has the token, also on loopback', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: `Basic ${TOKEN}` },
      { 'x-api-key': TOKEN },
    ])
      expect((await send(server.url, { path: '/metrics', headers })).status).toBe(401);
    expect(value(await read(), 'millrace_auth_refusals_total', { reason: 'wrong_token' })).toBe(1);
  });
});
