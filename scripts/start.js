/** `npm start`: builds when `dist/` is missing or older than the sources, then serves. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
process.chdir(root);

if (builtAt() < newestSource()) {
  process.stdout.write('Building …\n');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}
await import('../dist/server/main.js');

/** When the older one of the two builds was made; 0 when one is missing. */
function builtAt() {
  const marks = ['dist/server/main.js', 'dist/client/index.html'];
  return marks.every((mark) => existsSync(mark))
    ? Math.min(...marks.map((mark) => statSync(mark).mtimeMs))
    : 0;
}

function newestSource() {
  const files = ['src', 'client'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true }),
  );
  const sources = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  return Math.max(
    ...[...sources, 'package.json', '.swcrc', 'nest-cli.json'].map((file) => statSync(file).mtimeMs),
  );
}
