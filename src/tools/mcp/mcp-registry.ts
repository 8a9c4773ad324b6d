import type { McpServerConfig } from './mcp-config.js';
import { McpServer } from './mcp-server.js';
import type { McpServerLimits } from './mcp-server.js';

/** The configured servers by name, in the file's order. Disabled ones are not among them. */
export class McpRegistry {
  private readonly servers: ReadonlyMap<string, McpServer>;
  private readonly disabled: ReadonlySet<string>;

  constructor(configs: readonly McpServerConfig[], limits: McpServerLimits) {
    const enabled = configs.filter((config) => !config.disabled);
    this.servers = new Map(enabled.map((config) => [config.name, new McpServer(config, limits)]));
    this.disabled = new Set(configs.filter((config) => config.disabled).map((config) => config.name));
  }

  get(name: string): McpServer | undefined {
    return this.servers.get(name);
  }

  isDisabled(name: string): boolean {
    return this.disabled.has(name);
  }

  all(): McpServer[] {
    return [...this.servers.values()];
  }

  /** Ends every connection for good; takes about a second when a server does not go by itself. */
  async close(): Promise<void> {
    await Promise.all(this.all().map((server) => server.close()));
  }
}
