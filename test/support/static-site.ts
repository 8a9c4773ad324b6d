import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StaticFile {
  type: string;
  body: string | Uint8Array;
}

export interface StaticSite {
  url: string;
  /** Paths asked for so far. */
  requests: string[];
  close(): Promise<void>;
}

/** Serves files from memory on a free loopback port, with the given headers on every response. */
export async function serveFiles(
  files: ReadonlyMap<string, StaticFile>,
  headers: Readonly<Record<string, string>> = {},
): Promise<StaticSite> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    requests.push(path);
    const file = files.get(path === '/' ? '/index.html' : path);
    if (file) response.writeHead(200, { 'content-type': file.type, ...headers }).end(file.body);
    else response.writeHead(404, headers).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
