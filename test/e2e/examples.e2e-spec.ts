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

/**
 * What the package.json of an example says: `generate` makes its client of the live document, `check` compiles it with that, `start` runs
 * it. Most need no more than Node.
 */
function scriptsOf(name: string): { generate?: string; check?: string; start: string } {
  const file = join(EXAMPLES, name, 'package.json');
  const { scripts = {} } = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as {
    scripts?: Record<string, string>;
  };
  return { start: 'node main.ts', ...scripts };
}
const compiled = names.filter((name) => scriptsOf(name).check !== undefined);

interface Outcome {
  ran: Promise<{ stderr: string }>;
  compiled: Promise<{ stdout: string }> | undefined;
}
let server: TestServer;
let running: Map<string, Outcome>;
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
  running = new Map(
    names.map((name) => {
      const { generate = 'true', check, start } = scriptsOf(name);
      const shell = (command: string) => run('sh', ['-c', command], { cwd: join(EXAMPLES, name), env });
      const generated = shell(generate);
      const after = (command: string) => generated.then(() => shell(command));
      return [name, { ran: after(start), compiled: check === undefined ? undefined : after(check) }];
    }),
  );
  await Promise.allSettled(
    [...running.values()].flatMap(({ ran, compiled }) => (compiled ? [ran, compiled] : [ran])),
  );
}, 120_000);
afterAll(() => server.stop());

const missing = names.filter((name) => python === undefined && name.endsWith('-python'));
if (missing.length > 0) process.stderr.write(`No Python with the OpenAI package: ${HOW_TO_INSTALL}\n`);
for (const name of names) {
  const define = missing.includes(name) ? test.skip : test;
  define(`[OAI-07] examples/${name} does what it says, with the demo model`, async () => {
    expect((await running.get(name)!.ran).stderr).toBe('');
  });
}

test.each(compiled)(
  '[API-03] examples/%s compiles with what is generated from the document',
  async (name) => {
    expect((await running.get(name)!.compiled!).stdout).toBe('');
  },
);

test.each(['docs/clients.md', 'client/library/README.md'])('[OAI-07] %s quotes them', (document) => {
  const sources = names.flatMap((name) =>
    readdirSync(join(EXAMPLES, name))
      .filter((file) => /\.(?:ts|py)$/.test(file))
      .map((file) => readFileSync(join(EXAMPLES, name, file), 'utf8')),
  );
  const code = sources.join('\n');
  const page = readFileSync(join(ROOT, document), 'utf8');
  const snippets = [...page.matchAll(/^```(?:ts|python)\n(.*?)^```$/gms)].map(([, snippet]) => snippet!.trim());
  expect(snippets.length).toBeGreaterThanOrEqual(3);
  for (const snippet of snippets) expect(code).toContain(snippet);
});
