import type { Design } from '../graph/design/design.js';
import type { KeptConversationEvent } from './conversation-events.js';
import { tagsOf, type Conversation, type Round } from './conversation.store.js';

/** A conversation in the list, in the seed's fields (contract §6): `_id` as there, `conversation_id` beside it. */
export function listItem(conversation: Conversation) {
  const { prompt_tokens, completion_tokens } = conversation;
  return {
    _id: conversation.id,
    conversation_id: conversation.id,
    user_id: conversation.user_id,
    type: publicType(conversation),
    title: conversation.title,
    created_at: isoWithoutZone(conversation.created_at),
    updated_at: isoWithoutZone(conversation.updated_at),
    round_count: conversation.round_count,
    total_token_usage: { total_tokens: prompt_tokens + completion_tokens, prompt_tokens, completion_tokens },
    status: conversation.status,
    tags: tagsOf(conversation),
  };
}

export function detail(
  conversation: Conversation,
  rounds: readonly Round[],
  events: readonly KeptConversationEvent[],
  design: Design | null,
) {
  const live = rounds.find(({ state }) => state === 'queued' || state === 'running' || state === 'suspended');
  const last = rounds.findLast(({ final_result }) => final_result !== undefined);
  return {
    _id: conversation.id,
    conversation_id: conversation.id,
    title: conversation.title,
    status: conversation.status,
    tags: tagsOf(conversation),
    /** The current branch; `branches` of a round names the others. */
    rounds,
    /** What happened outside of the turns, oldest first. */
    events,
    /** The graph of the last turn. */
    graph_name: rounds.at(-1)?.graph_name ?? null,
    generation_type: GENERATION_TYPES[conversation.type],
    /** The graph that is designed in the current branch. */
    parsed_results: design,
    /** Of the last turn of a graph that has completed. */
    execution_chain: last?.execution_chain ?? null,
    final_result: last?.final_result ?? null,
    /** The run that is still answering, which a reader may follow at /api/runs/{id}/events. */
    active_run_id: live?.run_id ?? null,
  };
}

/** What the seed's front end tells the kinds of conversations apart by. */
const GENERATION_TYPES = { chat: 'chat', agent: 'agent', graph: 'graph_run', design: 'graph' } as const;

/** The seed's three types. */
function publicType({ type }: Conversation): 'chat' | 'agent' | 'graph' {
  return type === 'design' ? 'agent' : type;
}

/** The seed writes UTC times without a zone, and its front end reads them so. */
function isoWithoutZone(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}
