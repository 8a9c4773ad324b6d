import { Module } from '@nestjs/common';
import { ConversationModule } from '../conversation/conversation.module.js';
import { TitleModule } from '../conversation/title/title.module.js';
import { ModelModule } from '../model/model.module.js';
import { RunModule } from '../run/run.module.js';
import { SseModule } from '../sse/sse.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { ChatController } from './chat.controller.js';
import { ChatService } from './chat.service.js';

@Module({
  imports: [ConversationModule, ModelModule, RunModule, SseModule, TitleModule, ToolsModule],
  controllers: [ChatController],
  providers: [ChatService],
  exports: [ChatService],
})
export class ChatModule {}
