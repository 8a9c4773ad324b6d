import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { MillraceError } from '../protocol/error-code.js';
import { readDialogue } from '../graph/design/design-dialogue.js';
import type { Design } from '../graph/design/design.js';
import { DesignStore } from '../graph/design/design.store.js';
import { ConversationIdPipe, conversationNotFound } from './conversation-id.pipe.js';
import { ConversationList } from './conversation-list.js';
import { ConversationRemoval } from './conversation-removal.js';
import {
  branchRequest,
  statusRequest,
  tagsRequest,
  titleRequest,
  type BranchRequest,
  type StatusRequest,
  type TagsRequest,
  type TitleRequest,
} from './conversation-requests.js';
import { detail, listItem } from './conversation-views.js';
import { ConversationStore, type Conversation, type Round } from './conversation.store.js';
import { formatCursor, readListQuery } from './list-query.js';

const statusTexts = { active: '对话已恢复为活跃状态', deleted: '对话已删除', favorite: '对话已收藏' };

/** The seed's conversation routes (contract §6), with pages, filters and search. */
@Controller('api/chat/conversations')
export class ConversationsController {
  constructor(
    private readonly store: ConversationStore,
    private readonly conversations: ConversationList,
    private readonly removal: ConversationRemoval,
    private readonly designs: DesignStore,
  ) {}

  @Get()
  async list(@CurrentOwner() owner: Owner, @Query() query: Record<string, unknown>) {
    const page = await this.conversations.page(owner, readListQuery(query));
    return {
      conversations: page.conversations.map(listItem),
      total_count: page.total,
      next_cursor: page.next && formatCursor(page.next),
    };
  }

  @Get(':id')
  async detail(@CurrentOwner() owner: Owner, @Param('id', ConversationIdPipe) id: string) {
    const conversation = await this.store.find(owner, id);
    if (!conversation) throw conversationNotFound(id);
    const [rounds, events] = [await this.store.rounds(owner, id), await this.store.events(owner, id)];
    return detail(conversation, rounds, events, await this.#design(owner, conversation, rounds));
  }

  async #design(owner: Owner, { id, type }: Conversation, rounds: readonly Round[]): Promise<Design | null> {
    if (type !== 'design') return null;
    const said = rounds.flatMap(({ messages }) => messages);
    return readDialogue(said, await this.designs.base(owner, id)).design;
  }

  @Put(':id/branch')
  async selectBranch(
    @CurrentOwner() owner: Owner,
    @Param('id', ConversationIdPipe) id: string,
    @Body({ schema: branchRequest }) request: BranchRequest,
  ) {
    if (!(await this.store.find(owner, id))) throw conversationNotFound(id);
    const run_id = await this.store.selectBranch(owner, id, request.run_id);
    if (run_id === null)
      throw new MillraceError('run_not_found', { detail: 'run_id is no turn of this conversation.' });
    return { status: 'success', message: '已切换对话分支', conversation_id: id, run_id };
  }

  @Put(':id/status')
  async setStatus(
    @CurrentOwner() owner: Owner,
    @Param('id', ConversationIdPipe) id: string,
    @Body({ schema: statusRequest }) { status }: StatusRequest,
  ) {
    const found = await this.store.setStatus(owner, id, status);
    if (!found) throw conversationNotFound(id, ' 或状态更新失败');
    return { status: 'success', message: statusTexts[status], conversation_id: id, new_status: status };
  }

  @Put(':id/title')
  async rename(
    @CurrentOwner() owner: Owner,
    @Param('id', ConversationIdPipe) id: string,
    @Body({ schema: titleRequest }) { title }: TitleRequest,
  ) {
    if (title === '') throw new MillraceError('blank_title');
    if (!(await this.store.rename(owner, id, title))) throw conversationNotFound(id, ' 或更新失败');
    return { status: 'success', message: '对话标题更新成功', conversation_id: id, title };
  }

  @Put(':id/tags')
  async setTags(
    @CurrentOwner() owner: Owner,
    @Param('id', ConversationIdPipe) id: string,
    @Body({ schema: tagsRequest }) { tags }: TagsRequest,
  ) {
    if (!(await this.store.setTags(owner, id, tags))) throw conversationNotFound(id, ' 或更新失败');
    return { status: 'success', message: '对话标签更新成功', conversation_id: id, tags };
  }

  @Delete(':id/permanent')
  async remove(@CurrentOwner() owner: Owner, @Param('id', ConversationIdPipe) id: string) {
    await this.removal.remove(owner, id);
    return { status: 'success', message: `对话 '${id}' 已永久删除`, conversation_id: id };
  }
}
