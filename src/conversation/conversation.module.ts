import { Module } from '@nestjs/common';
import { ConversationStore } from './conversation.store.js';
import { ConversationsController } from './conversations.controller.js';

@Module({
  controllers: [ConversationsController],
  providers: [ConversationStore],
  exports: [ConversationStore],
})
export class ConversationModule {}
