import { once } from 'node:events';
import type { TestServer } from './server.js';

/** What a server must be started with so that its event loop can be blocked. */
export const BLOCKABLE = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** Keeps the event loop of a server busy, from inside, and resolves when it is free again. */
export async function blockEventLoop(server: TestServer, ms: number): Promise<void> {
  const url = /Debugger listening on (ws:\S+)/.exec(server.output())?.[1];
  if (url === undefined) throw new Error('the server was not started with BLOCKABLE');
  const inspector = new WebSocket(url);
  await once(inspector, 'open');
  const answered = once(inspector, 'message');
  const expression = `{ const end = performance.now() + ${ms}; while (performance.now() < end); }`;
  inspector.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  await answered;
  inspector.close();
}
