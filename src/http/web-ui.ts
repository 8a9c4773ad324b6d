import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express, type Request, type Response } from 'express';

/** Serves the built UI from `folder`, and its page for the addresses of conversations (`/c/{id}`). */
export function serveWebUi(app: Express, folder: string): void {
  if (!existsSync(join(folder, 'index.html'))) return;
  app.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', index: false }));
  app.use(express.static(folder, { index: 'index.html', cacheControl: true, maxAge: 0 }));
  app.get('/c/:id', (_request: Request, response: Response) => {
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(join(folder, 'index.html'));
  });
}
