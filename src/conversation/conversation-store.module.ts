import { Module } from '@nestjs/common';
import { ConversationStore } from './conversation.store.js';

/** What runs need of conversations, apart from what conversations need of runs. */
@Module({ providers: [ConversationStore], exports: [ConversationStore] })
export class ConversationStoreModule {}
