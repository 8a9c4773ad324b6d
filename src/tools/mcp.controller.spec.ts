import type { AddressInfo } from 'node:net';
import { mkdtempSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { EVERYTHING_SERVER } from '../../test/support/mcp/everything-server.js';
import '../../test/support/mcp/test-tools.js';
import { CONFIG, readConfig } from '../config/config.js';
import { McpController } from './mcp.controller.js';
import { TOOL_BOX } from './tool.js';
import type { ToolBox } from './tool.js';
import { ToolsModule } from './tools.module.js';

const file = join(mkdtempSync(join(tmpdir(), 'mcp-')), 'mcp.json');
writeFileSync(
  file,
  JSON.stringify({
    mcpServers: {
      everything: { command: process.execPath, args: [EVERYTHING_SERVER, 'stdio'] },
      broken: { command: '/nonexistent/command', env: { KEY: 'canary' } },
      off: { command: 'x', disabled: true },
    },
  }),
);

@Global()
@Module({
  providers: [{ provide: CONFIG, useValue: readConfig({ MCP_SERVERS_FILE: file }) }],
  exports: [CONFIG],
})
class ConfigModule {}

describe('the routes for MCP servers', () => {
  let app: INestApplication<Server>;
  let base: string;
  beforeAll(async () => {
    const testing = await Test.createTestingModule({ imports: [ConfigModule, ToolsModule] }).compile();
    app = testing.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/api/mcp`;
  });
  afterAll(() => app.close());

  const get = async (path: string): Promise<unknown> => (await fetch(`${base}/${path}`)).json();
  const post = (path: string): Promise<Response> => fetch(`${base}/${path}`, { method: 'POST' });

  it('list servers before anything is connected', async () => {
    const idle = { connected: false, init_attempted: false, tools: [], error: null };
    expect(await get('status')).toEqual({
      builtin: { ...idle, transport_type: 'in_process' },
      everything: { ...idle, transport_type: 'stdio' },
      broken: { ...idle, transport_type: 'stdio' },
    });
  });

  it('list the tools of the servers that can be connected', async () => {
    const tools = (await get('tools')) as Record<
      string,
      { name: string; description: string; input_schema: unknown }[]
    >;
    expect(Object.keys(tools)).toEqual(['builtin', 'everything']);
    expect(tools['everything']?.find(({ name }) => name === 'echo')).toEqual({
      name: 'echo',
      description: expect.stringMatching(/^Echo/),
      input_schema: expect.objectContaining({ type: 'object', required: ['message'] }),
    });
  });

  it('disconnect and connect a server', async () => {
    expect((await post('disconnect/everything')).status).toBe(200);
    expect(await get('status')).toMatchObject({ everything: { connected: false, error: null } });
    const response = await post('connect/everything');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'connected',
      tools: expect.arrayContaining(['echo']),
    });
    expect(await get('status')).toMatchObject({
      everything: { connected: true, init_attempted: true, tools: expect.arrayContaining(['echo']) },
      broken: { connected: false, init_attempted: true, error: 'The command was not found.' },
    });
  });

  it('refuse a server that is not configured, is disabled or cannot be reached, each with its code', async () => {
    const controller = app.get(McpController);
    await expect(controller.connect('nobody')).rejects.toMatchObject({
      code: 'tool_server_not_found',
      status: 404,
      detail: 'MCP server "nobody": There is no such MCP server in the configuration.',
    });
    await expect(controller.disconnect('__proto__')).rejects.toMatchObject({ code: 'tool_server_not_found' });
    await expect(controller.connect('off')).rejects.toMatchObject({
      code: 'tool_server_not_found',
      detail: 'MCP server "off": It is disabled in the configuration.',
    });
    await expect(controller.connect('broken')).rejects.toMatchObject({
      code: 'tool_server_unreachable',
      detail: 'The command was not found.',
    });
  });

  it('end every connection when the application closes', async () => {
    const box = app.get<ToolBox>(TOOL_BOX);
    const { tools } = await box.open(['everything'], new AbortController().signal);
    expect(tools.has('everything__echo')).toBe(true);
    await app.get(ToolsModule).onApplicationShutdown();
    expect(await get('status')).toMatchObject({
      everything: { connected: false },
      builtin: { connected: false },
    });
  });
});
