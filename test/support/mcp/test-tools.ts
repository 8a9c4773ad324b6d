import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { McpToolBox } from '../../../src/tools/mcp-tool-box.js';
import type { McpServerConfig, StdioServerConfig } from '../../../src/tools/mcp/mcp-config.js';
import { McpRegistry } from '../../../src/tools/mcp/mcp-registry.js';
import type { McpServerLimits } from '../../../src/tools/mcp/mcp-server.js';
import type { Tool, ToolOutcome, ToolProgress } from '../../../src/tools/tool.js';

// What the servers are warned about is expected here.
Logger.overrideLogger(false);

export const never = (): AbortSignal => new AbortController().signal;

/** A stdio server that runs a script with this Node. */
export function nodeServer(
  name: string,
  script: string,
  args: readonly string[] = [],
  more: Partial<StdioServerConfig> = {},
): StdioServerConfig {
  const node = {
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', script, ...args],
  };
  return { name, transport: 'stdio', disabled: false, env: {}, ...node, ...more };
}

/** A stdio server of this folder. */
export function scriptServer(
  name: string,
  file: string,
  args: readonly string[] = [],
  more: Partial<StdioServerConfig> = {},
): StdioServerConfig {
  return nodeServer(name, fileURLToPath(new URL(file, import.meta.url)), args, more);
}

export function hostileServer(
  args: readonly string[] = [],
  more: Partial<StdioServerConfig> = {},
): StdioServerConfig {
  return scriptServer('hostile', 'hostile-server.ts', args, more);
}

/** A tool box over these servers, with what a chat turn does of it in few words. `close` ends every server. */
export class TestTools {
  readonly registry: McpRegistry;
  readonly box: McpToolBox;
  readonly progress: ToolProgress[] = [];

  constructor(
    configs: readonly McpServerConfig[],
    { resultLimit = 10_000, ...limits }: Partial<McpServerLimits> & { resultLimit?: number } = {},
  ) {
    const defaults = { callSeconds: 20, concurrency: 8, messageLimit: 1024 * 1024 };
    this.registry = new McpRegistry(configs, { ...defaults, ...limits });
    this.box = new McpToolBox(this.registry, resultLimit);
  }

  async tool(name: string): Promise<Tool> {
    const server = name.slice(0, name.indexOf('__'));
    const { tools, warnings } = await this.box.open([server], never());
    const tool = tools.get(name);
    if (!tool)
      throw new Error(`No tool ${name}; there are ${[...tools.keys()].join()}; ${JSON.stringify(warnings)}`);
    return tool;
  }

  async call(name: string, input: Record<string, unknown> = {}, signal = never()): Promise<ToolOutcome> {
    const onProgress = (progress: ToolProgress): void => void this.progress.push(progress);
    return this.box.call(await this.tool(name), input, {
      signal,
      onProgress,
      emit: () => undefined,
      toolCallId: 'call',
    });
  }

  close(): Promise<void> {
    return this.registry.close();
  }
}
