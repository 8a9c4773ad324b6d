import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { freePort, waitForOutput } from '../lib/processes.js';

/**
 * @portkey-ai/gateway, told by headers to relay to the upstream. bench/package.json holds its HTTP adapter at the last version whose
 * Response copies its headers: with newer ones this gateway answers every stream with 500 ("immutable").
 */
export async function startPortkey(upstream) {
  const port = await freePort();
  const script = resolve(import.meta.dirname, '../node_modules/@portkey-ai/gateway/build/start-server.js');
  const child = spawn(process.execPath, [script, `--port=${port}`, '--headless'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  await waitForOutput(child, /(Ready for connections)/);
  const headers = {
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `${upstream}/v1`,
    authorization: 'Bearer none',
  };
  return { child, url: `http://127.0.0.1:${port}/v1/chat/completions`, headers };
}
