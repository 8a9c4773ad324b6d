import { defineConfig } from '@hey-api/openapi-ts';

const url = process.env['MILLRACE_URL'] ?? 'http://localhost:3000';

export default defineConfig({
  input: `${url}/openapi.json`,
  output: { path: 'generated', module: { extension: '.ts' } },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
});
