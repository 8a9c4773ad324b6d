import { Injectable } from '@nestjs/common';
import type { Owner } from '../auth/owner.js';
import { ModelRegistry } from '../model/model-registry.js';
import { agentName, type AgentConfig } from '../protocol/agent.js';
import { MillraceError } from '../protocol/error-code.js';
import { McpRegistry } from '../tools/mcp/mcp-registry.js';
import { agentFaults, type AgentFault } from './agent-faults.js';
import { agentNotFound, AgentStore, withCallee } from './agent.store.js';

/** Agents, checked against each other and against the models and MCP servers that there are. */
@Injectable()
export class AgentService {
  constructor(
    private readonly store: AgentStore,
    private readonly models: ModelRegistry,
    private readonly servers: McpRegistry,
  ) {}

  /** Throws `agent_not_found`. */
  async find(owner: Owner, name: string): Promise<AgentConfig> {
    // What can be no agent's name is never asked of the database.
    const found = agentName.safeParse(name).success && (await this.store.find(owner, name));
    if (!found) throw agentNotFound(name.toWellFormed());
    return found.config;
  }

  /** Throws `invalid_agent` and `agent_exists`. */
  async create(owner: Owner, config: AgentConfig): Promise<void> {
    throwIfInvalid(await this.faults(owner, config));
    await this.store.create(owner, config, Date.now());
  }

  /** Another name in `config` renames the agent. Throws `agent_not_found`, `invalid_agent` and `agent_exists`. */
  async replace(owner: Owner, name: string, config: AgentConfig): Promise<void> {
    await this.find(owner, name);
    // What calls the old name would call itself.
    throwIfInvalid(await this.faults(owner, withCallee(config, name, config.name)));
    await this.store.replace(owner, name, config, Date.now());
  }

  /** What is wrong with an agent that would be stored. */
  async faults(owner: Owner, config: AgentConfig): Promise<AgentFault[]> {
    const known = await this.store.findAll(owner, config.agents);
    return agentFaults(config, {
      hasModel: (name) => this.models.has(name),
      hasServer: (name) => this.servers.get(name) !== undefined,
      hasAgent: (name) => known.has(name),
    });
  }
}

function throwIfInvalid(faults: readonly AgentFault[]): void {
  if (faults.length === 0) return;
  throw new MillraceError('invalid_agent', {
    detail: faults.map(({ msg }) => msg).join(' '),
    members: { errors: faults },
  });
}
