import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { hostileServer, never, nodeServer } from '../../../test/support/mcp/test-tools.js';
import type { McpServerConfig } from './mcp-config.js';
import { McpServer } from './mcp-server.js';

const limits = { callSeconds: 20, concurrency: 2, messageLimit: 1024 * 1024 };
const quiet = { signal: never(), onProgress: () => undefined };

let server: McpServer;
const make = (config: McpServerConfig, more: Partial<typeof limits> = {}): McpServer =>
  (server = new McpServer(config, { ...limits, ...more }));
afterEach(() => server.close());

describe('McpServer', () => {
  it('starts one process for any number of callers that come together, and no other later', async () => {
    const starts = join(mkdtempSync(join(tmpdir(), 'mcp-')), 'starts');
    make(hostileServer([`--starts=${starts}`, '--slow=200']));
    expect(server.status()).toEqual({
      connected: false,
      init_attempted: false,
      tools: [],
      error: null,
      transport_type: 'stdio',
    });
    await Promise.all([
      ...Array.from({ length: 5 }, () => server.tools(never())),
      ...Array.from({ length: 5 }, () => server.call('echo', {}, quiet)),
    ]);
    await server.tools(never());
    expect(readFileSync(starts, 'utf8').trim().split('\n')).toHaveLength(1);
    expect(server.status()).toMatchObject({
      connected: true,
      error: null,
      tools: expect.arrayContaining(['echo']),
    });
  });

  it('is not kept from connecting by a caller that leaves', async () => {
    make(hostileServer(['--slow=300']));
    const leaving = new AbortController();
    const left = server.tools(leaving.signal);
    const stayed = server.tools(never());
    const reason = new Error('gone');
    leaving.abort(reason);
    await expect(left).rejects.toBe(reason);
    expect((await stayed).tools.length).toBeGreaterThan(0);
  });

  it('stops an attempt to connect that is under way when it is disconnected', async () => {
    make(hostileServer(['--silent']));
    const tools = server.tools(never());
    const failed = expect(tools).rejects.toThrow('The connection was closed before it was ready.');
    await server.disconnect();
    await failed;
    expect(server.status()).toMatchObject({ connected: false, init_attempted: true, error: null });
  });

  it('runs as many calls at once as it may, and lets a waiting one leave', async () => {
    make(hostileServer(), { concurrency: 1 });
    const first = new AbortController();
    const hanging = server.call('hang', {}, { ...quiet, signal: first.signal });
    const second = new AbortController();
    const waiting = server.call('echo', {}, { ...quiet, signal: second.signal });
    const third = server.call('echo', { n: 3 }, quiet);
    const reasons = [new Error('first'), new Error('second')];
    second.abort(reasons[1]);
    await expect(waiting).rejects.toBe(reasons[1]);
    first.abort(reasons[0]);
    await expect(hanging).rejects.toBe(reasons[0]);
    expect(await third).toMatchObject({ content: [{ text: '{"n":3}' }] });
  });

  it('is not asked any more after five failures in a row', async () => {
    const starts = join(mkdtempSync(join(tmpdir(), 'mcp-')), 'starts');
    make(hostileServer([`--starts=${starts}`, '--exit']));
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(server.tools(never())).rejects.toThrow('The server process ended with code 3.');
    }
    await expect(server.tools(never())).rejects.toThrow(
      /^The server failed 5 times in a row; it is tried again in \d+ s\.$/,
    );
    expect(readFileSync(starts, 'utf8').trim().split('\n')).toHaveLength(5);
  });

  it('counts no failures of tools, of requests or of callers against a server', async () => {
    make(hostileServer());
    for (let attempt = 0; attempt < 6; attempt += 1) {
      expect(await server.call('fails', {}, quiet)).toMatchObject({ isError: true });
      expect(await server.call('refuses', {}, quiet)).toMatchObject({ isError: true });
      const leaving = new AbortController();
      const left = server.call('hang', {}, { ...quiet, signal: leaving.signal });
      setTimeout(() => leaving.abort(new Error('gone')), 20);
      await expect(left).rejects.toThrow('gone');
    }
    expect(await server.call('echo', {}, quiet)).toMatchObject({ content: [{ text: '{}' }] });
  });

  it('is connected anew after it was disconnected', async () => {
    make(hostileServer());
    await server.call('echo', {}, quiet);
    await server.disconnect();
    expect(server.status().connected).toBe(false);
    expect(await server.call('echo', {}, quiet)).toMatchObject({ content: [{ text: '{}' }] });
  });

  it('starts nothing again for calls that still wait when it is closed', async () => {
    const starts = join(mkdtempSync(join(tmpdir(), 'mcp-')), 'starts');
    make(hostileServer([`--starts=${starts}`]), { concurrency: 1 });
    await server.tools(never());
    const ended = expect(server.call('hang', {}, quiet)).rejects.toThrow(
      'The connection to the server ended.',
    );
    const waiting = expect(server.call('echo', {}, quiet)).rejects.toThrow('Millrace is shutting down.');
    await wait(100);
    await server.close();
    await Promise.all([ended, waiting]);
    expect(readFileSync(starts, 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('says that a command is not there', async () => {
    make(nodeServer('absent', '', [], { command: '/nonexistent/command' }));
    await expect(server.tools(never())).rejects.toThrow('The command was not found.');
    expect(server.status()).toMatchObject({ connected: false, error: 'The command was not found.' });
  });
});
