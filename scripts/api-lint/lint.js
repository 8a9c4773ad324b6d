import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale } from '../build-if-stale.js';

/**
 * Lints both OpenAPI documents with Redocly and Spectral, by the rules in this folder. Anything that they find is a failure. The linters
 * are installed here when they are not: nothing else needs them.
 */
const HERE = import.meta.dirname;

installIfStale();
buildIfStale();
const { openApiDocument } = await import('../../dist/modules/openapi/document.js');
const folder = await mkdtemp(join(tmpdir(), 'millrace-api-'));
try {
  const files = await Promise.all(
    ['3.1.1', '3.2.0'].map(async (edition) => {
      const file = join(folder, `openapi-${edition}.json`);
      await writeFile(file, JSON.stringify(openApiDocument('0.0.0', edition), null, 1));
      return file;
    }),
  );
  const codes = await Promise.all([
    run('redocly', ['lint', '--config', join(HERE, 'redocly.yaml'), ...files]),
    run('spectral', ['lint', '--ruleset', join(HERE, 'spectral.yaml'), '--fail-severity', 'hint', ...files]),
  ]);
  if (codes.some((code) => code !== 0)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

/** Prints what the command says when it finds something. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const child = spawn(join(HERE, 'node_modules/.bin', command), args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) console.log(output);
      else console.log(`${command}: no findings`);
      resolve(code);
    });
  });
}

function installIfStale() {
  const [wanted, installed] = ['package-lock.json', 'node_modules/.package-lock.json'].map((file) =>
    join(HERE, file),
  );
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  const { status } = spawnSync('npm', ['ci', '--silent'], { cwd: HERE, stdio: 'inherit' });
  if (status !== 0) throw new Error('The linters could not be installed');
}
