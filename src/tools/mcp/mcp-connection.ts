import { Client, SseError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { CallToolResult, Progress } from '@modelcontextprotocol/client';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker';
import { z } from 'zod';
import { untilAborted } from '../until-aborted.js';
import { describeFailure, isModernOnly } from './describe-failure.js';
import { makeTransport } from './make-transport.js';
import type { OpenTransport, TransportOptions } from './make-transport.js';
import type { McpServerConfig } from './mcp-config.js';
import { McpFailure } from './mcp-failure.js';

const MAX_PAGES = 64;
const MAX_TOOLS = 512;
const GOODBYE_MS = 500;

/** Read loosely, tool by tool, so that one bad definition does not hide the others. */
const toolPage = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });

export interface CallOptions {
  signal: AbortSignal;
  /** How long the call may stay silent; each progress notification starts it again. */
  timeoutMs: number;
  onProgress: (progress: Progress) => void;
}

/**
 * One live connection to an MCP server. The client declares no capabilities, so a server can ask nothing of it; handlers for
 * elicitation, and an `authProvider` of the HTTP transports for OAuth, have their place in `connect`.
 */
export class McpConnection {
  /** Resolves once, when the connection has ended, to the reason. */
  readonly closed: Promise<string>;
  /** Called when the server says that its tools changed. */
  onToolsChanged: (() => void) | undefined;

  private constructor(
    private readonly client: Client,
    { transport, ending }: OpenTransport,
    onConnected: (connection: McpConnection) => void,
  ) {
    onConnected(this);
    this.closed = new Promise((resolve) => {
      client.onclose = () => resolve(ending() ?? 'The connection to the server ended.');
    });
    // The old SSE transport reconnects its stream without its session, which leaves every request unanswered.
    client.onerror = (error) => {
      if (error instanceof SseError && transport === client.transport) void client.close();
    };
  }

  /**
   * Connects and initialises, within the signal. A server that refuses the `initialize` handshake for its revision is asked
   * again with `server/discover`. Throws McpFailure.
   */
  static async open(
    config: McpServerConfig,
    options: TransportOptions & { signal: AbortSignal; timeoutMs: number },
  ): Promise<McpConnection> {
    try {
      return await McpConnection.connect(config, options, 'legacy');
    } catch (error) {
      if (!isModernOnly(error)) throw describeFailure(error);
    }
    try {
      return await McpConnection.connect(config, options, 'auto');
    } catch (error) {
      throw describeFailure(error);
    }
  }

  private static async connect(
    config: McpServerConfig,
    options: TransportOptions & { signal: AbortSignal; timeoutMs: number },
    mode: 'legacy' | 'auto',
  ): Promise<McpConnection> {
    let connection: McpConnection | undefined;
    const client = new Client(
      { name: 'millrace', version: process.env['npm_package_version'] ?? '0' },
      {
        capabilities: {},
        versionNegotiation: { mode },
        inputRequired: { autoFulfill: false },
        listChanged: { tools: { autoRefresh: false, onChanged: () => connection?.onToolsChanged?.() } },
        // The default compiles schemas to code, which a server writes.
        jsonSchemaValidator: new CfWorkerJsonSchemaValidator(),
      },
    );
    const open = await makeTransport(config, options);
    const made = new McpConnection(client, open, (self) => (connection = self));
    // Aborting must not wait for a transport that never finishes to start.
    const late = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
    try {
      await untilAborted(client.connect(open.transport, { timeout: options.timeoutMs + 1000 }), late);
      return made;
    } catch (error) {
      void open.transport.close().catch(() => undefined);
      const ending = open.ending();
      if (late.aborted) throw new McpFailure(abortText(options), true);
      throw ending === undefined ? error : new McpFailure(ending, true, error);
    }
  }

  /** Every tool definition of the server, unchecked, up to a bound. Throws what the client package throws. */
  async listTools(timeoutMs: number): Promise<unknown[]> {
    if (!this.client.getServerCapabilities()?.tools) return [];
    const tools: unknown[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES && tools.length < MAX_TOOLS; page += 1) {
      const params = cursor === undefined ? {} : { cursor };
      const request = { method: 'tools/list', params } as const;
      const result = await this.client.request(request, toolPage, { timeout: timeoutMs });
      tools.push(...result.tools.slice(0, MAX_TOOLS - tools.length));
      cursor = result.nextCursor;
      if (cursor === undefined) break;
    }
    return tools;
  }

  /**
   * Calls a tool. When the signal aborts, the server is told to cancel and the promise rejects at once. Throws what the client
   * package throws.
   */
  callTool(name: string, input: Record<string, unknown>, options: CallOptions): Promise<CallToolResult> {
    const cancelled = new AbortController();
    // The reason of the run's own signal may hold words that are not the server's business.
    const cancel = (): void => cancelled.abort('The call was cancelled.');
    options.signal.addEventListener('abort', cancel, { once: true });
    const call = this.client.callTool(
      { name, arguments: input },
      {
        signal: cancelled.signal,
        timeout: options.timeoutMs,
        resetTimeoutOnProgress: true,
        onprogress: options.onProgress,
        // Without an output schema the package leaves the result as the tool gave it: the model can read what a schema forbids.
        toolDefinition: { name, inputSchema: { type: 'object' } },
      },
    );
    return untilAborted(call, options.signal).finally(() => {
      options.signal.removeEventListener('abort', cancel);
    });
  }

  async close(): Promise<void> {
    const { transport } = this.client;
    if (transport instanceof StreamableHTTPClientTransport) {
      // The server is told that the session is over, so that it need not keep it; it may be gone itself.
      await untilAborted(transport.terminateSession(), AbortSignal.timeout(GOODBYE_MS)).catch(
        () => undefined,
      );
    }
    await this.client.close().catch(() => undefined);
  }
}

function abortText(options: { signal: AbortSignal; timeoutMs: number }): string {
  if (options.signal.aborted) return 'The connection was closed before it was ready.';
  return `The server was not ready within ${Math.round(options.timeoutMs / 1000)} seconds.`;
}
