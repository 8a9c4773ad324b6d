import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../../auth/owner.js';
import { ModelRegistry } from '../../model/model-registry.js';
import { MillraceError } from '../../protocol/error-code.js';
import { ConversationIdPipe } from '../conversation-id.pipe.js';
import { compactRequest, type CompactRequest } from '../conversation-requests.js';
import { CompactionService } from './compaction.service.js';

@Controller('api/chat/conversations')
export class CompactionController {
  constructor(
    private readonly compaction: CompactionService,
    private readonly models: ModelRegistry,
  ) {}

  /** The seed's route (contract §6): the checks in its order, also that of the model which a brutal compaction does not use. */
  @Post(':id/compact')
  @HttpCode(200)
  async compact(
    @CurrentOwner() owner: Owner,
    @Param('id', ConversationIdPipe) id: string,
    @Body({ schema: compactRequest }) request: CompactRequest,
  ) {
    if (request.conversation_id !== id)
      throw new MillraceError('invalid_parameter', {
        detail: '请求路径中的对话ID与请求体中的对话ID不匹配',
      });
    this.models.find(request.model_name);
    const { statistics, left } = await this.compaction.compact(owner, request);
    return {
      status: 'success',
      message: `聊天压缩成功，压缩比: ${(statistics.compression_ratio * 100).toFixed(1)}%`,
      conversation_id: id,
      compact_type: request.compact_type,
      statistics,
      error:
        left === 0 ? null : `${left} tool results could not be summarised now and were left as they are.`,
    };
  }
}
