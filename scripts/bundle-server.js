import { resolve } from 'node:path';
import { build } from 'rolldown';

const dist = resolve(import.meta.dirname, '../dist');

/** What libraries ask for in a `try`, and work without. */
const OPTIONAL = [/^@nestjs\/(?:microservices|websockets)/, /^class-(?:transformer|validator)/, 'pg-native'];
/** Node loads it before any decorator asks for it. Bundled, it would come when the first module asks that needs others before. */
const FIRST = 'reflect-metadata';

/**
 * Makes dist/server of dist/modules: the server with its libraries, in one file for each part that is loaded at its own time. Node then
 * begins by reading a few files in place of 1,745, is ready in half of the time and holds 25 MB less.
 */
await build({
  input: { main: `${dist}/modules/main.js`, 'api-key': `${dist}/modules/api-key.js` },
  platform: 'node',
  external: [...OPTIONAL, FIRST],
  output: {
    dir: `${dist}/server`,
    cleanDir: true,
    // A server that runs while this is made anew fails to load a part, instead of loading one that does not fit.
    chunkFileNames: '[name]-[hash].js',
    keepNames: true,
    sourcemap: true,
  },
});
