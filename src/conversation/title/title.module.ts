import { Module } from '@nestjs/common';
import { ModelModule } from '../../model/model.module.js';
import { ConversationStoreModule } from '../conversation-store.module.js';
import { TitleMaker } from './title-maker.js';

@Module({
  imports: [ConversationStoreModule, ModelModule],
  providers: [TitleMaker],
  exports: [TitleMaker],
})
export class TitleModule {}
