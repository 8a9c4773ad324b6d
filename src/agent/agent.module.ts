import { Module } from '@nestjs/common';
import { ModelModule } from '../model/model.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { AgentService } from './agent.service.js';
import { AgentStore } from './agent.store.js';
import { AgentsController } from './agents.controller.js';

@Module({
  imports: [ModelModule, ToolsModule],
  controllers: [AgentsController],
  providers: [AgentStore, AgentService],
})
export class AgentModule {}
