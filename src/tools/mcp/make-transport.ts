import { SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Transport } from '@modelcontextprotocol/client';
import { boundedFetch } from '../transport/bounded-fetch.js';
import { StdioTransport } from '../transport/stdio-transport.js';
import type { McpServerConfig } from './mcp-config.js';

export interface TransportOptions {
  /** The most bytes held of one message. */
  messageLimit: number;
  onStderr: (text: string) => void;
}

export interface OpenTransport {
  transport: Transport;
  /** Why the connection ended, where the transport knows; safe to show. */
  ending: () => string | undefined;
}

/** The way to a configured server. All HTTP goes through one `fetch`, which is where a later egress policy belongs. */
export async function makeTransport(
  config: McpServerConfig,
  options: TransportOptions,
): Promise<OpenTransport> {
  const nothing = (): undefined => undefined;
  switch (config.transport) {
    case 'in_process':
      const { connectBuiltin } = await import('../builtin/builtin-server.js');
      return { transport: await connectBuiltin(), ending: nothing };
    case 'stdio': {
      const { command, args, env, cwd } = config;
      const transport = new StdioTransport({ command, args, env, cwd, ...options });
      return { transport, ending: () => describeExit(transport.ended) };
    }
    case 'streamable_http': {
      const fetch = boundedFetch(options.messageLimit);
      const requestInit = { headers: config.headers };
      return {
        transport: new StreamableHTTPClientTransport(config.url, { fetch, requestInit }),
        ending: nothing,
      };
    }
    case 'sse': {
      const fetch = boundedFetch(options.messageLimit);
      const requestInit = { headers: config.headers };
      return { transport: new SSEClientTransport(config.url, { fetch, requestInit }), ending: nothing };
    }
  }
}

function describeExit(ended: StdioTransport['ended']): string | undefined {
  if (!ended) return undefined;
  if (ended.signal !== null) return `The server process was ended by ${ended.signal}.`;
  return `The server process ended with code ${ended.code ?? 'unknown'}.`;
}
