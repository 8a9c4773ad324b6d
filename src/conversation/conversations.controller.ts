import { Controller, Get, Param } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { MillraceError } from '../protocol/error-code.js';
import { ConversationStore, type Conversation } from './conversation.store.js';

/** The seed's conversation routes (contract §6): `_id` as there, `conversation_id` beside it. */
@Controller('api/chat/conversations')
export class ConversationsController {
  constructor(private readonly store: ConversationStore) {}

  @Get()
  async list(@CurrentOwner() owner: Owner) {
    const { conversations, total } = await this.store.list(owner);
    return { conversations: conversations.map(listItem), total_count: total };
  }

  @Get(':id')
  async detail(@CurrentOwner() owner: Owner, @Param('id') id: string) {
    const conversation = await this.store.find(owner, id);
    if (!conversation) throw new MillraceError('conversation_not_found', { detail: `找不到对话 '${id}'` });
    const rounds = await this.store.rounds(owner, id);
    const live = rounds.find(
      (round) => round.state === 'queued' || round.state === 'running' || round.state === 'suspended',
    );
    return {
      _id: conversation.id,
      conversation_id: conversation.id,
      title: conversation.title,
      rounds,
      generation_type: conversation.type === 'graph' ? 'graph_run' : conversation.type,
      parsed_results: null,
      execution_chain: null,
      final_result: null,
      /** The run that is still answering, which a reader may follow at /api/runs/{id}/events. */
      active_run_id: live?.run_id ?? null,
    };
  }
}

function listItem(conversation: Conversation) {
  const { prompt_tokens, completion_tokens } = conversation;
  return {
    _id: conversation.id,
    conversation_id: conversation.id,
    user_id: conversation.user_id,
    type: conversation.type,
    title: conversation.title,
    created_at: isoWithoutZone(conversation.created_at),
    updated_at: isoWithoutZone(conversation.updated_at),
    round_count: conversation.round_count,
    total_token_usage: { total_tokens: prompt_tokens + completion_tokens, prompt_tokens, completion_tokens },
    status: conversation.status,
    tags: JSON.parse(conversation.tags) as string[],
  };
}

/** The seed writes UTC times without a zone, and its front end reads them so. */
function isoWithoutZone(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}
