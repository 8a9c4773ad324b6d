/** Measures what the page loads before it works: `node scripts/check-bundle.js`, after `vite build client`. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The most JavaScript of the first load, gzipped (issue 2: under 60 KB). */
export const LIMIT_BYTES = 60_000;

const built = resolve(import.meta.dirname, '../dist/client');

/** Every script that index.html names and what these import statically, with its gzipped size. */
export function firstLoad(folder = built) {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const named = html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="\/([^"]+\.js)"/g);
  const files = new Map();
  const add = (file) => {
    if (files.has(file)) return;
    const source = readFileSync(join(folder, file));
    files.set(file, gzipSync(source, { level: 9 }).length);
    for (const [, path] of source.toString().matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+\.js)["']/g)) {
      add(normalize(join(dirname(file), path)));
    }
  };
  for (const [, file] of named) add(file);
  return [...files].map(([file, bytes]) => ({ file, bytes }));
}

if (process.argv[1] === import.meta.filename) {
  const files = firstLoad();
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { file, bytes } of files) console.log(`${String(bytes).padStart(7)}  ${file}`);
  console.log(`${String(total).padStart(7)}  first load, gzipped; the limit is ${LIMIT_BYTES}`);
  if (total >= LIMIT_BYTES) process.exitCode = 1;
}
