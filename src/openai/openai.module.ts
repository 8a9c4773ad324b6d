import { Module } from '@nestjs/common';
import { ChatModule } from '../chat/chat.module.js';
import { ModelModule } from '../model/model.module.js';
import { RunModule } from '../run/run.module.js';
import { SseModule } from '../sse/sse.module.js';
import { ChatCompletionsController } from './chat-completions.controller.js';
import { OpenAiModelsController } from './openai-models.controller.js';

@Module({
  imports: [ChatModule, ModelModule, RunModule, SseModule],
  controllers: [ChatCompletionsController, OpenAiModelsController],
})
export class OpenAiModule {}
