import { startTargets } from '../targets/index.js';
import { forkScript } from './processes.js';

/**
 * Starts the scripted upstream, the load client and the systems that are measured, and ends them whatever happens. `models` are what
 * the upstream is asked for; `only` chooses systems by a part of their names; `flags` are Node's, `env` is Millrace's.
 */
export async function withTargets({ models, only = [], flags = [], env = {} }, work) {
  const started = [];
  try {
    const upstream = await forkScript('lib/upstream.js');
    started.push(upstream.child);
    const client = await forkScript('lib/load-client.js');
    started.push(client.child);
    const address = `http://127.0.0.1:${upstream.message.port}`;
    const targets = await startTargets({ upstream: address, models, only, flags, env }, started);
    return await work({ targets, client, upstream, address });
  } finally {
    for (const child of started) child.kill('SIGKILL');
  }
}

/** What targets are asked before they are measured: a server lives long, so its code is compiled when it counts. */
export const WARM_UP = { model: 'bulk-20', chunks: 20, streams: 16, times: 40 };

export async function warmUp(client, targets) {
  const { model, ...question } = WARM_UP;
  for (const target of targets) await load(client, target, model, question);
}

/** Asks the load client for what a target is to be asked, and throws when a text did not arrive whole. */
export async function load(client, target, model, question) {
  const { url, headers, format } = target;
  const answer = await client.ask({ url, headers, format, body: target.body(model), ...question });
  if (answer.wrong > 0)
    throw new Error(`${target.name}: ${answer.wrong} texts were not whole ${sampleOf(answer)}`);
  return answer;
}

function sampleOf({ sample }) {
  return sample
    ? `(status ${sample.status}, ${sample.text.length} characters, ${JSON.stringify(sample.text.slice(0, 80))})`
    : '';
}
