import { Module } from '@nestjs/common';
import { ModelModule } from '../model/model.module.js';
import { RunModule } from '../run/run.module.js';
import { CompactionController } from './compaction/compaction.controller.js';
import { CompactionService } from './compaction/compaction.service.js';
import { CompactionStore } from './compaction/compaction.store.js';
import { Summarizer } from './compaction/summarizer.js';
import { ConversationList } from './conversation-list.js';
import { ConversationRemoval } from './conversation-removal.js';
import { ConversationStoreModule } from './conversation-store.module.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationExport } from './transfer/conversation-export.js';
import { ConversationImport } from './transfer/conversation-import.js';
import { TransferController } from './transfer/transfer.controller.js';

@Module({
  imports: [ConversationStoreModule, ModelModule, RunModule],
  controllers: [ConversationsController, CompactionController, TransferController],
  providers: [
    ConversationList,
    ConversationRemoval,
    CompactionService,
    CompactionStore,
    Summarizer,
    ConversationExport,
    ConversationImport,
  ],
  exports: [ConversationStoreModule],
})
export class ConversationModule {}
