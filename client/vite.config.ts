import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

export default defineConfig(({ command }) => {
  // A build is a build for users, whoever starts it: Jest sets NODE_ENV to `test`, and that would add Preact's debugging code.
  if (command === 'build') process.env['NODE_ENV'] = 'production';
  return {
    root: import.meta.dirname,
    plugins: [preact({ reactAliasesEnabled: false })],
    build: {
      outDir: '../dist/client',
      emptyOutDir: true,
      target: 'es2023',
      // The polyfill would be an inline script, which the content security policy forbids.
      modulePreload: { polyfill: false },
      // The grammar of C++ is one file of this size, loaded with the first block of it.
      chunkSizeWarningLimit: 1100,
    },
    server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
  };
});
