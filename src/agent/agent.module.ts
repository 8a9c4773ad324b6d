import { Module } from '@nestjs/common';
import { ChatModule } from '../chat/chat.module.js';
import { TitleModule } from '../conversation/title/title.module.js';
import { ModelModule } from '../model/model.module.js';
import { RunModule } from '../run/run.module.js';
import { SseModule } from '../sse/sse.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { AgentRunController } from './agent-run.controller.js';
import { AgentTurns } from './agent-turns.js';
import { AgentService } from './agent.service.js';
import { AgentStore } from './agent.store.js';
import { AgentsController } from './agents.controller.js';

@Module({
  imports: [ChatModule, ModelModule, RunModule, SseModule, TitleModule, ToolsModule],
  controllers: [AgentsController, AgentRunController],
  providers: [AgentStore, AgentService, AgentTurns],
})
export class AgentModule {}
