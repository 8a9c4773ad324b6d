import { Module } from '@nestjs/common';
import { ChatModule } from '../chat/chat.module.js';
import { ConversationStoreModule } from '../conversation/conversation-store.module.js';
import { TitleModule } from '../conversation/title/title.module.js';
import { ModelModule } from '../model/model.module.js';
import { RunModule } from '../run/run.module.js';
import { SseModule } from '../sse/sse.module.js';
import { AiSdkController } from './ai-sdk.controller.js';

@Module({
  imports: [ChatModule, ConversationStoreModule, ModelModule, RunModule, SseModule, TitleModule],
  controllers: [AiSdkController],
})
export class AiSdkModule {}
