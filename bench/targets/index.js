import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forkScript, startMillrace } from '../lib/processes.js';

/**
 * The systems that stand in front of the same upstream, side by side. Each gives the address to post to, the body for a model of the
 * upstream, and the process whose CPU counts.
 */
export async function startTargets(upstream, models) {
  const relay = await forkScript('targets/raw-relay.js', { env: { ...process.env, UPSTREAM: upstream } });
  const file = join(mkdtempSync(join(tmpdir(), 'millrace-bench-')), 'models.json');
  writeFileSync(
    file,
    JSON.stringify(
      models.map((name) => ({ name, model: name, base_url: `${upstream}/v1`, api_key: 'none' })),
    ),
  );
  const millrace = await startMillrace({ MODELS_FILE: file, LOG_RETENTION_SECONDS: '1', CHAT_TITLES: 'off' });
  return [
    {
      name: 'raw relay',
      url: `http://127.0.0.1:${relay.message.port}/v1/chat/completions`,
      body: (model) => ({ model, stream: true, messages: [{ role: 'user', content: 'go' }] }),
      child: relay.child,
    },
    {
      name: 'millrace native',
      url: `${millrace.url}/api/chat/completions`,
      body: (model) => ({ model_name: model, user_prompt: 'go' }),
      child: millrace.child,
    },
    {
      name: 'millrace openai',
      url: `${millrace.url}/v1/chat/completions`,
      body: (model) => ({ model, stream: true, messages: [{ role: 'user', content: 'go' }] }),
      child: millrace.child,
    },
    {
      name: 'millrace ai-sdk',
      url: `${millrace.url}/api/ai-sdk/chat`,
      body: (model) => ({
        // A chat is a conversation, which is stored; each stream has its own.
        id: 'bench-{{stream}}',
        model,
        messages: [{ id: 'u', role: 'user', parts: [{ type: 'text', text: 'go' }] }],
      }),
      child: millrace.child,
    },
  ];
}
