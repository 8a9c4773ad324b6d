import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the client sent: a JSON-RPC message, or nothing for its GET and DELETE. */
export interface Received {
  id?: number;
  method?: string;
  params?: { name?: string; arguments?: Record<string, unknown> };
}

/** Answers one `tools/call`. */
export type Answer = (id: number, response: ServerResponse, request: IncomingMessage) => void;

export function sendJson(
  response: ServerResponse,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function openEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
}

/** An MCP server over HTTP that answers the handshake as it should, and calls as each test wants. */
export async function startHttpServer(
  answer: Answer,
): Promise<{ url: URL; received: Received[]; stop: () => Promise<void> }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const answering = async () => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
      if (request.method !== 'POST') return response.writeHead(405).end();
      const message = JSON.parse(body) as Received;
      received.push(message);
      const { id, method } = message;
      if (id === undefined) return response.writeHead(202).end();
      if (method === 'tools/call') return answer(id, response, request);
      sendJson(response, { jsonrpc: '2.0', id, result: results[method ?? ''] ?? {} });
    };
    // A request that is cut has nobody to answer.
    answering().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`),
    received,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const results: Record<string, unknown> = {
  initialize: {
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'http', version: '1' },
  },
  'tools/list': { tools: [{ name: 'act', inputSchema: { type: 'object' } }] },
};

/** 100 MB of one tool result in pieces, so that the server itself stays small. */
export function sendHugeResult(id: number, response: ServerResponse, begin: string, end: string): void {
  const piece = 'abcdefghij\\n'.repeat(100_000);
  let left = 85;
  response.write(`${begin}{"result":{"content":[{"type":"text","text":"begin `);
  const pump = (): void => {
    while (left > 0) {
      left -= 1;
      if (!response.write(piece)) return void response.once('drain', pump);
    }
    response.end(`"}]},"jsonrpc":"2.0","id":${id}}${end}`);
  };
  pump();
}
