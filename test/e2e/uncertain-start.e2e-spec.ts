import { MillraceError } from '../../src/protocol/error-code.js';
import { RunStore } from '../../src/run/run.store.js';
import { startInProcess, type InProcessApp } from '../support/in-process-app.js';

let site: InProcessApp;
beforeAll(async () => {
  site = await startInProcess({});
});
afterAll(() => site.close());

const post = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${site.url}/api/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model_name: 'demo', stream: false, conversation_id: 'c', ...body }),
  });

test('[FAULT-23] a run that was stored although nobody heard of it is ended, and holds up nothing', async () => {
  const store = site.app.get(RunStore, { strict: false });
  const start = store.start.bind(store);
  const finish = store.finish.bind(store);
  let failures = 2;
  store.start = async (...given) => {
    await start(...given);
    throw new MillraceError('storage_failed');
  };
  store.finish = async (...given) => {
    failures -= 1;
    if (failures >= 0) throw new MillraceError('storage_failed');
    return finish(...given);
  };
  const key = { 'idempotency-key': 'the-same' };
  const refused = await post({ user_prompt: 'first' }, key);
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
    503,
    'storage_failed',
  ]);
  store.start = start;

  const rounds = async () => {
    const response = await fetch(`${site.url}/api/chat/conversations/c`);
    return ((await response.json()) as { rounds: { state: string; started: boolean }[] }).rounds;
  };
  while ((await rounds())[0]!.state === 'queued') await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await rounds()).toMatchObject([{ state: 'interrupted', started: false }]);

  const retried = await post({ user_prompt: 'first' }, key);
  expect(retried.status).toBe(200);
  expect(await rounds()).toMatchObject([{ state: 'interrupted' }, { state: 'completed', started: true }]);
});
