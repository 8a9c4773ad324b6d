import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { MillraceError } from '../protocol/error-code.js';
import { failureText } from './mcp/mcp-failure.js';
import { McpRegistry } from './mcp/mcp-registry.js';
import type { McpServer, McpServerStatus } from './mcp/mcp-server.js';
import { serverNotFound } from './mcp-tool-box.js';

/** How long the list of tools waits for servers that are not connected yet. */
const LIST_MS = 5000;

interface ListedTool {
  name: string;
  description: string;
  input_schema: Record<string, unknown>;
}

/** The seed's routes for MCP servers (contract/seed.md §7.3) that only use what the operator's file configures. */
@Controller('api/mcp')
export class McpController {
  constructor(@Inject(McpRegistry) private readonly registry: McpRegistry) {}

  @Get('status')
  status(): Record<string, McpServerStatus> {
    return Object.fromEntries(this.registry.all().map((server) => [server.name, server.status()]));
  }

  /** Connects what is not connected; a server that cannot be reached within 5 s has no entry. */
  @Get('tools')
  async tools(): Promise<Record<string, ListedTool[]>> {
    const signal = AbortSignal.timeout(LIST_MS);
    const lists = await Promise.all(this.registry.all().map((server) => listTools(server, signal)));
    return Object.fromEntries(lists.flat());
  }

  @Post('connect/:name')
  @HttpCode(200)
  async connect(@Param('name') name: string): Promise<{ status: string; server: string; tools: string[] }> {
    const server = this.find(name);
    try {
      const { tools } = await server.tools(new AbortController().signal);
      return { status: 'connected', server: name, tools: tools.map(({ tool }) => tool) };
    } catch (error) {
      throw new MillraceError('tool_server_unreachable', {
        detail: failureText(error),
        cause: error,
      });
    }
  }

  @Post('disconnect/:name')
  @HttpCode(200)
  async disconnect(@Param('name') name: string): Promise<{ status: string; server: string }> {
    await this.find(name).disconnect();
    return { status: 'disconnected', server: name };
  }

  /** docs/decisions/0013-design-is-what-was-said.md says why. Throws `not_implemented`. */
  @Post('generate')
  generate(): never {
    throw new MillraceError('not_implemented', {
      detail:
        'Millrace makes no MCP servers: their code would run with the rights of the server. Add servers to mcp.json.',
    });
  }

  private find(name: string): McpServer {
    const server = this.registry.get(name);
    if (!server) throw serverNotFound(name, this.registry);
    return server;
  }
}

async function listTools(server: McpServer, signal: AbortSignal): Promise<[string, ListedTool[]][]> {
  try {
    const { tools } = await server.tools(signal);
    const listed = tools.map(({ tool, description, parameters }) => ({
      name: tool,
      description,
      input_schema: parameters,
    }));
    return [[server.name, listed]];
  } catch {
    return [];
  }
}
