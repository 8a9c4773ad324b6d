import { InMemoryTransport } from '@modelcontextprotocol/client';
import type { Transport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/server/validators/cf-worker';
import { z } from 'zod';
import { BUILTIN_SERVER } from '../mcp/mcp-config.js';
import { calculate, formatNumber } from './calculate.js';
import { currentTime } from './current-time.js';

/** Starts the built-in tools as an MCP server in this process, and gives the client's end of the way to it. */
export async function connectBuiltin(): Promise<Transport> {
  const server = new McpServer(
    { name: BUILTIN_SERVER, version: '1' },
    { jsonSchemaValidator: new CfWorkerJsonSchemaValidator() },
  );
  server.registerTool(
    'current_time',
    {
      description:
        'The current date and time, in an IANA time zone. Without one: the time zone of this server.',
      inputSchema: z.object({
        time_zone: z
          .string()
          .max(64)
          .optional()
          .describe('An IANA name, for example "Asia/Shanghai" or "UTC".'),
      }),
    },
    ({ time_zone }) => {
      const time = currentTime(new Date(), time_zone);
      return answer(`${time.iso} (${time.weekday}, ${time.time_zone})`, { ...time });
    },
  );
  server.registerTool(
    'calculate',
    {
      description:
        'Calculates an arithmetic expression: + - * / % (remainder) ^ (power), parentheses, pi, e, and the functions ' +
        'sqrt, cbrt, abs, round, floor, ceil, trunc, sign, exp, ln, log (base 10), log2, sin, cos, tan, asin, acos, atan ' +
        '(radians), min, max.',
      inputSchema: z.object({
        expression: z.string().min(1).max(1000).describe('For example "(12.5 + 3) * 2^10 / sqrt(16)".'),
      }),
    },
    ({ expression }) => {
      const value = calculate(expression);
      return answer(formatNumber(value), { value });
    },
  );
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  return near;
}

function answer(text: string, structuredContent: Record<string, unknown>) {
  return { content: [{ type: 'text' as const, text }], structuredContent };
}
