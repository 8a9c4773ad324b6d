import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startServer, type TestServer } from '../support/server.js';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');
const names = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

let server: TestServer;
let running: Map<string, Promise<{ stderr: string }>>;
// Side by side: most of their time is the demo model's pace.
beforeAll(async () => {
  server = await startServer();
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], MILLRACE_URL: server.url };
  running = new Map(
    names.map((name) => [name, run(process.execPath, [join(EXAMPLES, name, 'main.ts')], { env })]),
  );
  await Promise.allSettled(running.values());
});
afterAll(() => server.stop());

test.each(names)('[OAI-07] examples/%s does what it says, with the demo model', async (name) => {
  expect((await running.get(name))?.stderr).toBe('');
});

test('[OAI-07] docs/clients.md quotes them', () => {
  const page = readFileSync(join(ROOT, 'docs/clients.md'), 'utf8');
  const code = names.map((name) => readFileSync(join(EXAMPLES, name, 'main.ts'), 'utf8'));
  const snippets = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, snippet]) => snippet!.trim());
  expect(snippets.length).toBeGreaterThanOrEqual(names.length);
  for (const snippet of snippets) expect(code.join('\n')).toContain(snippet);
});
