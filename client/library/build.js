import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'vite';
import { libraryTypes } from './types.js';

/** Makes @millrace/client of the client's own modules: `node client/library/build.js`, then `npm pack dist/client-library`. */
const root = resolve(import.meta.dirname, '../..');
const out = join(root, 'dist/client-library');
const entry = (name) => join(root, 'client/src/library', `${name}.ts`);

await build({
  configFile: false,
  root,
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: out,
    emptyOutDir: true,
    target: 'es2023',
    minify: false,
    lib: { entry: { index: entry('index'), signals: entry('signals') }, formats: ['es'] },
    rollupOptions: { external: ['@preact/signals'], output: { chunkFileNames: '[name].js' } },
  },
});
for (const [path, text] of libraryTypes(root, [entry('index'), entry('signals')])) {
  const file = join(out, 'types', relative(root, path));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
for (const file of ['package.json', 'README.md']) await cp(join(import.meta.dirname, file), join(out, file));
await cp(join(root, 'LICENSE'), join(out, 'LICENSE'));
