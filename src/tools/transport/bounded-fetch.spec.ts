import type { ServerResponse } from 'node:http';
import {
  openEvents,
  sendHugeResult,
  sendJson,
  startHttpServer,
} from '../../../test/support/mcp/http-server.js';
import type { Answer } from '../../../test/support/mcp/http-server.js';
import { never, TestTools } from '../../../test/support/mcp/test-tools.js';
import type { ToolOutcome } from '../tool.js';
import { boundedFetch } from './bounded-fetch.js';

let stop: () => Promise<void>;
let tools: TestTools;
let received: { method?: string }[];

async function serve(answer: Answer, headers: Record<string, string> = {}): Promise<TestTools> {
  const server = await startHttpServer(answer);
  ({ stop, received } = server);
  tools = new TestTools([
    { name: 'web', transport: 'streamable_http', url: server.url, headers, disabled: false },
  ]);
  return tools;
}
const call = async (answer: Answer): Promise<ToolOutcome> => (await serve(answer)).call('web__act');
afterEach(async () => {
  await tools?.close();
  await stop();
});

const text = (value: string) => ({ content: [{ type: 'text', text: value }] });

describe('an MCP server over HTTP', () => {
  it('gets the headers of its entry', async () => {
    let seen: string | undefined;
    const answer: Answer = (id, response, request) => {
      seen = request.headers.authorization;
      sendJson(response, { jsonrpc: '2.0', id, result: text('ok') });
    };
    await (await serve(answer, { authorization: 'Bearer s3cret' })).call('web__act');
    expect(seen).toBe('Bearer s3cret');
  });

  it('may answer with 100 MB of JSON, of which the beginning is read', async () => {
    const outcome = await call((id, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      sendHugeResult(id, response, '', '');
    });
    expect(outcome).toMatchObject({
      status: 'ok',
      cut: true,
      content: expect.stringMatching(/^begin abc.*cut here/s),
    });
  });

  it('may answer with 100 MB in one event, of which the beginning is read', async () => {
    const outcome = await call((id, response) => {
      openEvents(response);
      sendHugeResult(id, response, 'data: ', '\n\n');
    });
    expect(outcome).toMatchObject({
      status: 'ok',
      cut: true,
      content: expect.stringMatching(/^begin abc.*cut here/s),
    });
  });

  it.each([
    ['ends', (response: ServerResponse) => response.end()],
    ['breaks', (response: ServerResponse) => response.destroy()],
  ])(
    'fails a call whose stream %s before the answer, without waiting for the time-out',
    async (_how, leave) => {
      const outcome = await call((_id, response) => {
        openEvents(response);
        response.write(
          'data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}\n\n',
        );
        setTimeout(() => leave(response), 50);
      });
      expect(outcome).toMatchObject({
        status: 'error',
        content: '工具 act 执行失败：The connection to the server ended.',
      });
    },
  );

  it('reads an answer that comes in pieces, with CRLF and other events around it', async () => {
    const outcome = await call((id, response) => {
      openEvents(response);
      const event = `: hello\r\nevent: message\r\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result: text('世界') })}\r\n\r\n`;
      const bytes = Buffer.from(event);
      let at = 0;
      const timer = setInterval(() => {
        response.write(bytes.subarray(at, (at += 40)));
        if (at < bytes.length) return;
        clearInterval(timer);
        response.end();
      }, 2);
    });
    expect(outcome).toEqual({ status: 'ok', content: '世界', cut: false });
  });

  it('is told of a cancelled call', async () => {
    const stopped = new AbortController();
    const box = await serve((_id, response) => {
      openEvents(response);
      setTimeout(() => stopped.abort(new Error('stop')), 50);
    });
    await expect(box.call('web__act', {}, stopped.signal)).rejects.toThrow('stop');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(received.map(({ method }) => method)).toContain('notifications/cancelled');
  });

  it('says the status of an error, and not its text', async () => {
    const outcome = await call((_id, response) => response.writeHead(500).end('secret '.repeat(1_000_000)));
    expect(outcome.content).toBe('工具 act 执行失败：The server answered with HTTP status 500.');
  });

  it('does not send its headers on to another host', async () => {
    const elsewhere: string[] = [];
    const other = await startHttpServer((id, response, request) => {
      elsewhere.push(String(request.headers.authorization));
      sendJson(response, { jsonrpc: '2.0', id, result: text('taken') });
    });
    const box = await serve((_id, response) => response.writeHead(307, { location: other.url.href }).end(), {
      authorization: 'Bearer s3cret',
    });
    const outcome = await box.call('web__act');
    await other.stop();
    expect(outcome.status).toBe('error');
    expect(elsewhere).toEqual([]);
  });
});

describe('boundedFetch', () => {
  it('reads at most 64 KiB of a body that is no message', async () => {
    const server = await startHttpServer((_id, response) =>
      response.writeHead(418).end('x'.repeat(1_000_000)),
    );
    ({ stop } = server);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
    const response = await boundedFetch(1000)(server.url, { method: 'POST', body, signal: never() });
    expect([response.status, (await response.text()).length]).toEqual([418, 65_536]);
  });
});
