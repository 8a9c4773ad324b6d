import { Inject, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { CONFIG } from '../config/config.js';
import type { Config } from '../config/config.js';
import { McpController } from './mcp.controller.js';
import { readMcpServers } from './mcp/mcp-config-file.js';
import { McpRegistry } from './mcp/mcp-registry.js';
import { McpToolBox } from './mcp-tool-box.js';
import { TOOL_BOX } from './tool.js';

/** A message may be this much longer than the result that it brings: escapes, images beside the text, long descriptions. */
const SMALLEST_MESSAGE_LIMIT = 4 * 1024 * 1024;

@Module({
  controllers: [McpController],
  providers: [
    {
      provide: McpRegistry,
      inject: [CONFIG],
      useFactory: (config: Config) =>
        new McpRegistry(readMcpServers(config, process.env), {
          callSeconds: config.TOOL_SECONDS,
          concurrency: config.TOOL_CONCURRENCY,
          messageLimit: Math.max(SMALLEST_MESSAGE_LIMIT, config.TOOL_RESULT_LIMIT * 4),
        }),
    },
    {
      provide: TOOL_BOX,
      inject: [McpRegistry, CONFIG],
      useFactory: (registry: McpRegistry, config: Config) =>
        new McpToolBox(registry, config.TOOL_RESULT_LIMIT),
    },
  ],
  exports: [TOOL_BOX, McpRegistry],
})
export class ToolsModule implements OnApplicationShutdown {
  constructor(@Inject(McpRegistry) private readonly registry: McpRegistry) {}

  async onApplicationShutdown(): Promise<void> {
    await this.registry.close();
  }
}
