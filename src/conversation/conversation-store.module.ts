import { Module } from '@nestjs/common';
import { DesignStore } from '../graph/design/design.store.js';
import { ConversationStore } from './conversation.store.js';

/** What runs need of conversations, apart from what conversations need of runs. */
@Module({ providers: [ConversationStore, DesignStore], exports: [ConversationStore, DesignStore] })
export class ConversationStoreModule {}
