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
 * Starts the systems that stand in front of the same upstream, side by side; their processes are added to `started`. Each gives the
 * address to post to, the body for a model of the upstream, the format of its answer and the process whose CPU counts.
 *
 * `only` chooses by a part of the name; the raw relay, by which the others are divided, is always there. `direct`, Millrace over Redis
 * and its dialects have to be asked for.
 */
export async function startTargets({ upstream, models, only, flags, env }, started) {
  const isNamed = (name) => only.some((part) => name.includes(part));
  const targets = [];
  const add = (target) => {
    targets.push(target);
    started.push(target.child);
  };
  if (isNamed('direct'))
    targets.push({
      name: 'direct',
      url: `${upstream}/v1/chat/completions`,
      format: 'openai',
      body: chatBody,
    });
  for (const { name, script, format } of scripts) {
    if (name !== 'raw relay' && only.length > 0 && !isNamed(name)) continue;
    const { child, message } = await forkScript(`targets/${script}.js`, {
      env: { ...process.env, UPSTREAM: upstream },
      execArgv: flags,
    });
    add({ name, url: `http://127.0.0.1:${message.port}/chat`, format, body: chatBody, child });
  }
  if (only.length === 0 || isNamed('Portkey'))
    add({ name: 'Portkey', format: 'openai', body: chatBody, ...(await startPortkey(upstream)) });
  const settings = { MODELS_FILE: modelsFile(upstream, models), LOG_RETENTION_SECONDS: '1', ...env };
  const wanted = (name) => (only.length === 0 ? name === 'millrace native' : isNamed(name));
  if (only.length === 0 || only.some((part) => part.startsWith('millrace'))) {
    const millrace = await startMillrace(settings, flags);
    started.push(millrace.child);
    const own = (await dialectsOf(millrace.url)).map((dialect) => ofMillrace(millrace, dialect));
    targets.push(...own.filter(({ name }) => wanted(name)));
  }
  if (only.includes('millrace, Redis')) {
    const redis = await startRedis();
    started.push(redis.child);
    const millrace = await startMillrace({ ...settings, REDIS_URL: redis.url }, flags);
    const [native] = await dialectsOf(millrace.url);
    add({ ...ofMillrace(millrace, native), name: 'millrace, Redis' });
  }
  return targets;
}

function ofMillrace({ url, child }, { name, path, format, body }) {
  return { name: `millrace ${name}`, origin: url, url: `${url}${path}`, format, body, child };
}
