// Run as a process of its own: the bundler's native code does not accept objects from Jest's contexts.
import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { build } from 'vite';

const [page, outDir] = process.argv.slice(2);
const root = fileURLToPath(new URL('../../', import.meta.url));
await build({
  configFile: false,
  root,
  logLevel: 'error',
  plugins: [preact()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    rolldownOptions: { input: root + page },
  },
});
