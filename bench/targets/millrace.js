import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../lib/processes.js';

/** A file of models that all stand for the upstream. */
export function modelsFile(upstream, models) {
  const file = join(mkdtempSync(join(tmpdir(), 'millrace-bench-')), 'models.json');
  const entries = [...new Set(models)].map((name) => ({
    name,
    model: name,
    base_url: `${upstream}/v1`,
    api_key: 'none',
  }));
  writeFileSync(file, JSON.stringify(entries));
  return file;
}

/** A redis-server of our own, with the persistence that Millrace asks for. */
export async function startRedis() {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-redis-'));
  const settings = ['--port', `${port}`, '--dir', directory, '--save', '', '--appendonly', 'yes'];
  const child = spawn('redis-server', settings, { stdio: 'ignore' });
  return { child, url: `redis://127.0.0.1:${port}` };
}

/**
 * The routes of Millrace's dialects, and what each takes to start a temporary chat. A thread of AG-UI is a conversation, which is stored, and
 * so are checkpoints of its answers: beside it stands a native chat that is stored as well. Those that a build lacks are left out.
 */
export const dialects = [
  {
    name: 'native',
    path: '/api/chat/completions',
    format: 'openai',
    body: (model) => ({ model_name: model, user_prompt: 'go' }),
  },
  {
    name: 'stored native',
    path: '/api/chat/completions',
    format: 'openai',
    body: (model) => ({ model_name: model, user_prompt: 'go', conversation_id: 'c-{{unique}}' }),
  },
  {
    name: 'openai',
    path: '/v1/chat/completions',
    format: 'openai',
    body: (model) => ({ model, stream: true, messages: [{ role: 'user', content: 'go' }] }),
  },
  {
    name: 'ai-sdk',
    path: '/api/ai-sdk/chat',
    format: 'ai-sdk',
    body: (model) => ({
      model,
      messages: [{ id: 'u1', role: 'user', parts: [{ type: 'text', text: 'go' }] }],
    }),
  },
  {
    name: 'ag-ui',
    path: '/api/ag-ui/run',
    format: 'ag-ui',
    body: (model) => ({
      threadId: 't-{{unique}}',
      runId: 'r-{{unique}}',
      state: {},
      messages: [{ id: 'u1', role: 'user', content: 'go' }],
      tools: [],
      context: [],
      forwardedProps: { model },
    }),
  },
];

/** The dialects that a running server has. */
export async function dialectsOf(url) {
  const has = async ({ path }) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await answer.arrayBuffer();
    return answer.status !== 404;
  };
  const found = [];
  for (const dialect of dialects) if (await has(dialect)) found.push(dialect);
  return found;
}
