import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../../config/config.js';
import { BUILTIN_SERVER, parseMcpConfig } from './mcp-config.js';
import type { McpServerConfig } from './mcp-config.js';

/**
 * The servers of MCP_SERVERS_FILE, or of `mcp.json` in the working directory when that exists, and the built-in one, which the
 * file can disable. Throws an Error that names the file when it is named but cannot be read, or is not valid.
 */
export function readMcpServers(
  config: Pick<Config, 'MCP_SERVERS_FILE'>,
  env: Readonly<Record<string, string | undefined>>,
): McpServerConfig[] {
  const file = config.MCP_SERVERS_FILE ?? 'mcp.json';
  const json = readIfPresent(file, config.MCP_SERVERS_FILE !== undefined);
  const servers = json === undefined ? [] : parseMcpConfig(json, file, env);
  if (servers.some((server) => server.name === BUILTIN_SERVER)) return servers;
  return [{ name: BUILTIN_SERVER, transport: 'in_process', disabled: false }, ...servers];
}

function readIfPresent(file: string, required: boolean): string | undefined {
  try {
    return readFileSync(resolve(file), 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && !required) return undefined;
    throw new Error(`MCP_SERVERS_FILE: ${file} cannot be read (${code ?? 'unknown error'}).`, {
      cause: error,
    });
  }
}
