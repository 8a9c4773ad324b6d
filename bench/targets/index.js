import { forkScript, startMillrace } from '../lib/processes.js';
import { dialectsOf, modelsFile, startRedis } from './millrace.js';
import { startPortkey } from './portkey.js';

/** The peers that are scripts of ours; each answers `POST /chat` with a body that names the model. */
const scripts = [
  { name: 'raw relay', script: 'raw-relay', format: 'openai' },
  { name: 'openai + express', script: 'express-openai', format: 'openai' },
  { name: 'naive Nest @Sse', script: 'nest-sse', format: 'openai' },
  { name: 'AI SDK', script: 'ai-sdk', format: 'ai-sdk' },
  { name: 'TanStack AI', script: 'tanstack', format: 'ag-ui' },
  { name: 'LangChain.js', script: 'langchain', format: 'plain' },
];
const chatBody = (model) => ({ model, stream: true, messages: [{ role: 'user', content: 'go' }] });

/**
 * Starts the systems that stand in front of the same upstream, side by side. Each gives the address to post to, the body for a model
 * of the upstream, the format of its answer and the process whose CPU counts.
 *
 * `only` chooses by a part of the name; the raw relay, by which the others are divided, is always there.
 */
export async function startTargets(upstream, models, only = []) {
  const wanted = (name) =>
    name === 'raw relay' || only.length === 0 || only.some((part) => name.includes(part));
  const targets = [];
  const others = [];
  for (const { name, script, format } of scripts.filter((one) => wanted(one.name))) {
    const started = await forkScript(`targets/${script}.js`, { env: { ...process.env, UPSTREAM: upstream } });
    const url = `http://127.0.0.1:${started.message.port}/chat`;
    targets.push({ name, url, format, body: chatBody, child: started.child });
  }
  if (wanted('Portkey')) {
    const portkey = await startPortkey(upstream);
    targets.push({ name: 'Portkey', format: 'openai', body: chatBody, ...portkey });
  }
  const env = { MODELS_FILE: modelsFile(upstream, models), LOG_RETENTION_SECONDS: '1' };
  if (only.length === 0 || only.some((part) => part.startsWith('millrace'))) {
    const millrace = await startMillrace(env);
    const own = (await dialectsOf(millrace.url)).map((dialect) => ofMillrace(millrace, dialect));
    targets.push(...own.filter(({ name }) => wanted(name)));
  }
  if (wanted('millrace, Redis')) {
    const redis = await startRedis();
    others.push(redis.child);
    const millrace = await startMillrace({ ...env, REDIS_URL: redis.url });
    const [native] = await dialectsOf(millrace.url);
    targets.push({ ...ofMillrace(millrace, native), name: 'millrace, Redis' });
  }
  const stop = () => {
    for (const child of [...targets.map((target) => target.child), ...others]) child.kill('SIGKILL');
  };
  return { targets, stop };
}

function ofMillrace({ url, child }, { name, path, format, body }) {
  return { name: `millrace ${name}`, url: `${url}${path}`, format, body, child };
}
