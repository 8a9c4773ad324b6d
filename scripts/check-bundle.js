/** Measures what the page loads before it works: `node scripts/check-bundle.js`, after `vite build client`. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The most JavaScript of the first load, gzipped (issue 2: under 60 KB). */
export const LIMIT_BYTES = 60_000;

const built = resolve(import.meta.dirname, '../dist/client');

/**
 * Every script that index.html names, what these import statically, and the largest of the dictionaries, of which the page loads one
 * before it shows anything; each with its gzipped size.
 */
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
  add(largestDictionary(folder));
  return [...files].map(([file, bytes]) => ({ file, bytes }));
}

function largestDictionary(folder) {
  const sizes = readdirSync(join(folder, 'assets'))
    .filter((name) => /^(?:en|zh)-[\w-]+\.js$/.test(name))
    .map((name) => ({
      name,
      bytes: gzipSync(readFileSync(join(folder, 'assets', name)), { level: 9 }).length,
    }))
    .sort((a, b) => b.bytes - a.bytes);
  return join('assets', sizes[0].name);
}

if (process.argv[1] === import.meta.filename) {
  const files = firstLoad();
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { file, bytes } of files) console.log(`${String(bytes).padStart(7)}  ${file}`);
  console.log(`${String(total).padStart(7)}  first load, gzipped; the limit is ${LIMIT_BYTES}`);
  if (total >= LIMIT_BYTES) process.exitCode = 1;
}
