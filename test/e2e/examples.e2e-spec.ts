import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { HOW_TO_INSTALL, python } from '../support/openai-python/index.js';
import { startServer, type TestServer } from '../support/server.js';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');
const names = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What the package.json of an example says: `generate` makes its client, `start` runs it. Most need no more than Node. */
function scriptsOf(name: string): { generate: string; start: string } {
  const file = join(EXAMPLES, name, 'package.json');
  const { scripts = {} } = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as {
    scripts?: Record<string, string>;
  };
  return { generate: 'true', start: 'node main.ts', ...scripts };
}

let server: TestServer;
let running: Map<string, Promise<{ stderr: string }>>;
let compiled: Promise<{ stdout: string }>;
// Side by side: most of their time is the demo model's pace.
beforeAll(async () => {
  server = await startServer();
  const env = {
    PATH: [
      ...['node_modules/.bin', '.python/bin'].map((folder) => join(ROOT, folder)),
      process.env['PATH'],
    ].join(':'),
    HOME: process.env['HOME'],
    MILLRACE_URL: server.url,
  };
  const shell = (folder: string, command: string) =>
    run('sh', ['-c', command], { cwd: join(EXAMPLES, folder), env });
  const generated = new Map(names.map((name) => [name, shell(name, scriptsOf(name).generate)]));
  running = new Map(
    names.map((name) => [name, generated.get(name)!.then(() => shell(name, scriptsOf(name).start))]),
  );
  compiled = Promise.all(generated.values()).then(() => shell('.', 'tsc -p .'));
  await Promise.allSettled([...running.values(), compiled]);
}, 120_000);
afterAll(() => server.stop());

const missing = names.filter((name) => python === undefined && name.endsWith('-python'));
if (missing.length > 0) process.stderr.write(`No Python with the OpenAI package: ${HOW_TO_INSTALL}\n`);
for (const name of names) {
  const define = missing.includes(name) ? test.skip : test;
  define(`[OAI-07] examples/${name} does what it says, with the demo model`, async () => {
    expect((await running.get(name)!).stderr).toBe('');
  });
}

test('[API-03] the clients that are generated compile with their examples', async () => {
  expect((await compiled).stdout).toBe('');
});

test.each(['docs/clients.md', 'client/library/README.md'])('[OAI-07] %s quotes them', (document) => {
  const sources = names.flatMap((name) =>
    readdirSync(join(EXAMPLES, name))
      .filter((file) => /\.(?:ts|py)$/.test(file))
      .map((file) => readFileSync(join(EXAMPLES, name, file), 'utf8')),
  );
  const code = sources.join('\n');
  const page = readFileSync(join(ROOT, document), 'utf8');
  const snippets = [...page.matchAll(/^```(?:ts|python)\n(.*?)^```$/gms)].map(([, snippet]) =>
    snippet!.trim(),
  );
  expect(snippets.length).toBeGreaterThanOrEqual(3);
  for (const snippet of snippets) expect(code).toContain(snippet);
});
