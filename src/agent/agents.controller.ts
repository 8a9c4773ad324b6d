import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { agentConfig, type AgentConfig } from '../protocol/agent.js';
import { AgentNamePipe } from './agent-name.pipe.js';
import { AgentService } from './agent.service.js';
import { AgentStore } from './agent.store.js';

@Controller('api/agents')
export class AgentsController {
  constructor(
    private readonly agents: AgentService,
    private readonly store: AgentStore,
  ) {}

  @Get()
  async list(@CurrentOwner() owner: Owner) {
    const stored = await this.store.list(owner);
    return stored.map(({ config: { name, description, model_name }, created_at, updated_at }) => ({
      name,
      description,
      model_name,
      created_at,
      updated_at,
    }));
  }

  @Get(':name')
  find(@CurrentOwner() owner: Owner, @Param('name', AgentNamePipe) name: string): Promise<AgentConfig> {
    return this.agents.find(owner, name);
  }

  @Post()
  @HttpCode(201)
  async create(
    @CurrentOwner() owner: Owner,
    @Body({ schema: agentConfig }) config: AgentConfig,
  ): Promise<AgentConfig> {
    await this.agents.create(owner, config);
    return config;
  }

  @Post('validate')
  @HttpCode(200)
  async validate(@CurrentOwner() owner: Owner, @Body({ schema: agentConfig }) config: AgentConfig) {
    const errors = await this.agents.faults(owner, config);
    return { valid: errors.length === 0, errors };
  }

  /** A body with another name renames the agent. */
  @Put(':name')
  async replace(
    @CurrentOwner() owner: Owner,
    @Param('name', AgentNamePipe) name: string,
    @Body({ schema: agentConfig }) config: AgentConfig,
  ): Promise<AgentConfig> {
    await this.agents.replace(owner, name, config);
    return config;
  }

  @Delete(':name')
  async remove(@CurrentOwner() owner: Owner, @Param('name', AgentNamePipe) name: string) {
    await this.store.remove(owner, name);
    return { status: 'success' as const, message: `The agent "${name}" was deleted.` };
  }
}
