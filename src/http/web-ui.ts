import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';

const API = /^\/(?:api|v1)\//;
const ADDRESSES = ['/c/:id', '/graphs{/:name}', '/agents{/:name}'];

/**
 * Serves the built UI from `folder`, and its page for the addresses that it has (client/src/state/router.ts). Files under /assets
 * carry a hash in their names and are kept for ever; all others are asked for anew. Folders are neither listed nor redirected to.
 */
export function serveWebUi(app: Express, folder: string): void {
  if (!existsSync(join(folder, 'index.html'))) return;
  const files = { redirect: false, acceptRanges: false };
  const assets = { ...files, immutable: true, maxAge: '1y', index: false } as const;
  app.use('/assets', express.static(join(folder, 'assets'), assets));
  app.use(exceptApi(express.static(folder, { ...files, index: 'index.html', maxAge: 0 })));
  const page = (_request: Request, response: Response) => {
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(join(folder, 'index.html'), { acceptRanges: false });
  };
  for (const address of ADDRESSES) app.get(address, page);
}

/** No file is looked for at the addresses of the API: that would cost each of its requests a question to the disk. */
function exceptApi(handler: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (API.test(request.path)) next();
    else void handler(request, response, next);
  };
}
