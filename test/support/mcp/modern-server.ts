/** An MCP server on stdio that speaks only the revision 2026-07-28: it refuses the `initialize` of older clients. */
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

serveStdio(
  () => {
    const server = new McpServer({ name: 'modern', version: '1' });
    server.registerTool('hello', { description: 'Says hello.' }, () => ({
      content: [{ type: 'text', text: 'hello' }],
    }));
    return server;
  },
  { legacy: 'reject' },
);
