import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMcpServers } from './mcp-config-file.js';

describe('readMcpServers', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'mcp-')), 'servers.json');

  it('has the built-in server when there is no file', () => {
    expect(readMcpServers({}, {})).toEqual([{ name: 'builtin', transport: 'in_process', disabled: false }]);
  });

  it('adds the servers of the file to it', () => {
    writeFileSync(file, '{"mcpServers":{"a":{"command":"x"}}}');
    expect(readMcpServers({ MCP_SERVERS_FILE: file }, {}).map(({ name }) => name)).toEqual(['builtin', 'a']);
  });

  it('lets the file disable it', () => {
    writeFileSync(file, '{"mcpServers":{"builtin":{"disabled":true}}}');
    expect(readMcpServers({ MCP_SERVERS_FILE: file }, {})).toMatchObject([
      { name: 'builtin', disabled: true },
    ]);
  });

  it('names a file that is asked for and not there', () => {
    expect(() => readMcpServers({ MCP_SERVERS_FILE: '/nowhere/mcp.json' }, {})).toThrow(
      'MCP_SERVERS_FILE: /nowhere/mcp.json cannot be read (ENOENT).',
    );
  });
});
