import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { send, sendJson } from '../support/http-client.js';
import {
  scripts,
  startScriptedOpenAi,
  type Script,
  type ScriptedOpenAi,
} from '../support/scripted-openai/index.js';
import { startServer, type TestServer } from '../support/server.js';

export interface ModelRequest {
  model: string;
  messages: object[];
  temperature?: unknown;
  max_tokens?: unknown;
  tools?: unknown;
}

/** The server that gets the bad input, the model behind it, and eyes on both: what a request left behind can be counted. */
export class BadInputSite {
  /** A run that has ended. */
  runId = '';
  /** A run whose model has not begun to answer. */
  waitingRunId = '';

  private constructor(
    readonly openai: ScriptedOpenAi,
    readonly server: TestServer,
    private readonly folder: string,
    private readonly database: DatabaseSync,
  ) {}

  static async open(): Promise<BadInputSite> {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bad-input-'));
    const file = join(folder, 'millrace.db');
    const openai = await startScriptedOpenAi();
    const server = await startServer({
      DATABASE_URL: `sqlite:${file}`,
      OPENAI_BASE_URL: openai.baseUrl,
      OPENAI_MODEL: 'plain',
      // A machine that runs all tests may take seconds for a request that nothing is wrong with.
      REQUEST_SECONDS: '6',
    });
    const site = new BadInputSite(openai, server, folder, new DatabaseSync(file, { readOnly: true }));
    const request = { user_prompt: 'first', model_name: 'plain', conversation_id: 'first' };
    const first = await sendJson(server.url, '/api/chat/completions', request, { 'idempotency-key': 'used' });
    site.runId = first.headers['x-run-id'] as string;
    await openai.push(scripts.slow(['never ']));
    void sendJson(server.url, '/api/chat/completions', { ...request, conversation_id: 'waiting' }).catch(
      () => undefined,
    );
    await openai.received(2);
    const { body } = await send(server.url, { path: '/api/chat/conversations/waiting' });
    site.waitingRunId = (JSON.parse(body) as { active_run_id: string }).active_run_id;
    return site;
  }

  get url(): string {
    return this.server.url;
  }

  saying(text: string): Script {
    return scripts.saying(text);
  }

  async lastModelRequest(): Promise<ModelRequest> {
    return (await this.openai.requests()).at(-1)!.body as ModelRequest;
  }

  /** What requests have left behind so far. */
  async traces(): Promise<{ runs: number; conversations: number; modelCalls: number }> {
    const count = (table: string) =>
      Number(this.database.prepare(`SELECT count(*) AS count FROM ${table}`).get()!['count']);
    return {
      runs: count('runs'),
      conversations: count('conversations'),
      modelCalls: (await this.openai.requests()).length,
    };
  }

  async close(): Promise<void> {
    this.database.close();
    await this.server.stop();
    await this.openai.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
