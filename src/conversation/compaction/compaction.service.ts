import { Injectable } from '@nestjs/common';
import type { Owner } from '../../auth/owner.js';
import { MillraceError } from '../../protocol/error-code.js';
import { conversationNotFound } from '../conversation-id.pipe.js';
import type { CompactRequest } from '../conversation-requests.js';
import type { ConversationEvent } from '../conversation-events.js';
import { ConversationStore } from '../conversation.store.js';
import type { StoredMessage } from '../stored-message.js';
import { keepQuestionAndAnswer, longResults, withContents } from './compact-messages.js';
import { CompactionStore, type RoundChange, type StoredRound } from './compaction.store.js';
import { Summarizer } from './summarizer.js';

export interface CompactionStatistics {
  original_rounds: number;
  original_messages: number;
  compacted_rounds: number;
  compacted_messages: number;
  /** The part of the messages that is gone, 0 to 1. */
  compression_ratio: number;
  tool_contents_summarized: number;
}

export interface Compaction {
  statistics: CompactionStatistics;
  /** Tool results that could not be summarised now, and were left as they are. */
  left: number;
}

interface Plan {
  changes: RoundChange[];
  summarized: number;
  left: number;
  error?: MillraceError;
}

/** Shortens the history of a chat for good (seed §3.8). What is written meanwhile stays whole. */
@Injectable()
export class CompactionService {
  constructor(
    private readonly conversations: ConversationStore,
    private readonly store: CompactionStore,
    private readonly summarizer: Summarizer,
  ) {}

  /**
   * Nothing to shorten is no error (D-29). Throws `conversation_not_found`, `wrong_conversation_type`, and the model's error when
   * nothing could be summarised now.
   */
  async compact(owner: Owner, request: CompactRequest): Promise<Compaction> {
    const { conversation_id: id } = request;
    const conversation = await this.conversations.find(owner, id);
    if (!conversation) throw conversationNotFound(id);
    if (conversation.type !== 'chat')
      throw new MillraceError('wrong_conversation_type', { detail: '暂时只支持聊天对话的压缩' });

    const rounds = await this.store.rounds(owner, id);
    const plan = request.compact_type === 'brutal' ? brutal(rounds) : await this.#precise(rounds, request);
    if (plan.changes.length === 0 && plan.error) throw plan.error;
    const statistics = (done: readonly RoundChange[]) =>
      statisticsOf(rounds, done, done.length === 0 ? 0 : plan.summarized);
    const done = await this.store.replace(owner, id, plan.changes, (changed) =>
      compacted(request, rounds, statistics(changed)),
    );
    return { statistics: statistics(done), left: plan.left };
  }

  async #precise(
    rounds: readonly StoredRound[],
    { model_name, compact_threshold }: CompactRequest,
  ): Promise<Plan> {
    const long = rounds.flatMap(({ messages }) => longResults(messages, compact_threshold));
    const summaries = await this.summarizer.summarize(
      model_name,
      long.map(({ content }) => content),
    );
    const contents = new Map<StoredMessage, string>();
    const plan: Plan = { changes: [], summarized: 0, left: 0 };
    summaries.forEach((summary, at) => {
      if (summary.kind === 'later') {
        plan.left += 1;
        plan.error ??= summary.error;
        return;
      }
      contents.set(long[at]!, summary.content);
      if (summary.kind === 'summarized') plan.summarized += 1;
    });
    plan.changes = changesOf(rounds, (messages) => withContents(messages, contents));
    return plan;
  }
}

function compacted(
  { conversation_id, compact_type }: CompactRequest,
  rounds: readonly StoredRound[],
  { original_messages, compacted_messages, tool_contents_summarized }: CompactionStatistics,
): ConversationEvent {
  const round = rounds.at(-1)?.round ?? 0;
  return {
    type: 'conversation.compacted',
    conversation_id,
    compact_type,
    round,
    original_messages,
    compacted_messages,
    tool_contents_summarized,
  };
}

function brutal(rounds: readonly StoredRound[]): Plan {
  return { changes: changesOf(rounds, keepQuestionAndAnswer), summarized: 0, left: 0 };
}

function changesOf(
  rounds: readonly StoredRound[],
  change: (messages: readonly StoredMessage[]) => StoredMessage[],
): RoundChange[] {
  return rounds
    .map((from) => ({ from, to: change(from.messages) }))
    .filter(({ from, to }) => JSON.stringify(to) !== from.stored);
}

function statisticsOf(
  rounds: readonly StoredRound[],
  done: readonly RoundChange[],
  summarized: number,
): CompactionStatistics {
  const count = (all: readonly { messages: readonly StoredMessage[] }[]) =>
    all.reduce((sum, { messages }) => sum + messages.length, 0);
  const changed = new Map(done.map(({ from, to }) => [from.round, to]));
  const after = rounds
    .map(({ round, messages }) => ({ messages: changed.get(round) ?? messages }))
    .filter(({ messages }) => messages.length > 0);
  const [before, now] = [count(rounds), count(after)];
  return {
    original_rounds: rounds.length,
    original_messages: before,
    compacted_rounds: after.length,
    compacted_messages: now,
    compression_ratio: before === 0 ? 0 : Math.round((1 - now / before) * 1000) / 1000,
    tool_contents_summarized: summarized,
  };
}
