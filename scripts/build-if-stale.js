import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Builds server and client when `dist/` is missing or older than the sources. Throws when the build fails. */
export function buildIfStale() {
  if (builtAt() >= newestSource()) return;
  process.stdout.write('Building …\n');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('The build failed');
}

/** When the oldest of the builds was made; 0 when one is missing. */
function builtAt() {
  const marks = ['dist/modules/main.js', 'dist/server/main.js', 'dist/client/index.html'].map((mark) =>
    join(root, mark),
  );
  return marks.every((mark) => existsSync(mark))
    ? Math.min(...marks.map((mark) => statSync(mark).mtimeMs))
    : 0;
}

function newestSource() {
  const folders = ['src', 'client'].map((folder) => join(root, folder));
  const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }));
  const sources = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  // Libraries are bundled, so the lock file counts.
  const settings = [
    'package.json',
    'package-lock.json',
    '.swcrc',
    'nest-cli.json',
    'tsconfig.build.json',
    'scripts/bundle-server.js',
  ].map((file) => join(root, file));
  return Math.max(...[...sources, ...settings].map((file) => statSync(file).mtimeMs));
}
