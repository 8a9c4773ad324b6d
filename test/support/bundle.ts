import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { StaticFile } from './static-site.js';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
};

/**
 * Bundles a page of the client's tree as the product is bundled.
 *
 * @param page the HTML file, from the root of the repository
 * @returns the files by their path; the page is /index.html
 */
export async function bundlePage(page: string): Promise<Map<string, StaticFile>> {
  const outDir = await mkdtemp(join(tmpdir(), 'millrace-page-'));
  try {
    const script = fileURLToPath(new URL('bundle-page.js', import.meta.url));
    await promisify(execFile)(process.execPath, [script, page, outDir]);
    const entries = await readdir(outDir, { recursive: true, withFileTypes: true });
    const files = await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async ({ parentPath, name }): Promise<[string, StaticFile]> => {
          const path = relative(outDir, join(parentPath, name));
          const type = CONTENT_TYPES[extname(name)] ?? 'application/octet-stream';
          const body = await readFile(join(parentPath, name));
          return [path === page ? '/index.html' : `/${path}`, { type, body }];
        }),
    );
    return new Map(files);
  } finally {
    await rm(outDir, { recursive: true });
  }
}
