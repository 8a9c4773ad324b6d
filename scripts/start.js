/** `npm start`: builds when `dist/` is missing or older than the sources, then serves. */
import { resolve } from 'node:path';
import { buildIfStale } from './build-if-stale.js';

process.chdir(resolve(import.meta.dirname, '..'));
buildIfStale();
await import('../dist/server/main.js');
