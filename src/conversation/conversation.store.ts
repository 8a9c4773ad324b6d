import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import type { Owner } from '../auth/owner.js';
import { DATABASE } from '../database/database.module.js';
import type { ConversationTable, Database, RoundTable, RunTable } from '../database/schema.js';
import { transact } from '../database/transact.js';
import { branchTo, lastBelow, siblings } from './branches.js';
import {
  conversationEvents,
  keepConversationEvent,
  type ConversationEvent,
  type KeptConversationEvent,
} from './conversation-events.js';
import { searchText } from './search-text.js';
import type { StoredMessage, StoredNode } from './stored-message.js';

export type Conversation = Selectable<ConversationTable>;

export interface Round {
  round: number;
  run_id: string;
  /** The state of the run that made this round. */
  state: RunTable['state'];
  /** The agent that answered; null where none did. */
  agent_name: string | null;
  /** False when the run waits, or ended before its work began. */
  started: boolean;
  /** The run whose turn this one follows. */
  after_run_id: string | null;
  /** The runs of all turns that follow the same turn, oldest first: this one and its other branches. */
  branches: string[];
  messages: StoredMessage[];
  /** The nodes of a graph, or the agents that were called; absent for a round without any. */
  nodes?: StoredNode[];
  /** The graph that ran. */
  graph_name?: string;
  /** What a completed graph gave, and what ran after what. */
  final_result?: string;
  execution_chain?: string[][];
}

type Content = Pick<Round, 'messages' | 'nodes' | 'graph_name' | 'final_result' | 'execution_chain'>;

type TreeRound = Pick<RoundTable, 'round' | 'parent_round' | 'run_id'> &
  Pick<RunTable, 'state' | 'agent_name' | 'started_at'>;

/** SQLite takes 32,766 parameters, PostgreSQL 65,535. */
const ROUNDS_A_QUERY = 1000;

export interface Naming {
  title: string;
  tags: string[];
}

/** Reads conversations and their rounds, and keeps what people call them; RunStore writes the rounds, with the runs that make them. */
@Injectable()
export class ConversationStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  async find(owner: Owner, id: string): Promise<Conversation | undefined> {
    return this.db
      .selectFrom('conversations')
      .selectAll()
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** The rounds of the current branch, from its first. */
  async rounds(owner: Owner, id: string): Promise<Round[]> {
    // The head first: whatever it names is in the tree that is read after it.
    const head = (await this.find(owner, id))?.head_round ?? null;
    const all = await this.#tree(owner, id);
    const branch = branchTo(all, head);
    const contents = await this.#contents(owner, id, branch);
    const branchesAt = siblings(all);
    return branch.map(({ round, parent_round, run_id, state, agent_name, started_at }, at) => ({
      round,
      run_id,
      state,
      agent_name,
      started: started_at !== null,
      after_run_id: branch[at - 1]?.run_id ?? null,
      branches: branchesAt.get(parent_round)!.map((one) => one.run_id),
      ...(contents.get(round) ?? { messages: [] }),
    }));
  }

  /** The rounds on the way to the turn of a run, which is the last of them; none when the run is no turn. */
  async roundsTo(owner: Owner, runId: string): Promise<Pick<Round, 'run_id' | 'messages'>[]> {
    const turn = await this.db
      .selectFrom('rounds')
      .select(['conversation_id', 'round'])
      .where('tenant_id', '=', owner.tenant_id)
      .where('user_id', '=', owner.user_id)
      .where('run_id', '=', runId)
      .executeTakeFirst();
    if (!turn) return [];
    const branch = branchTo(await this.#tree(owner, turn.conversation_id), turn.round);
    const contents = await this.#contents(owner, turn.conversation_id, branch);
    return branch.map(({ round, run_id }) => ({ run_id, messages: withoutInner(contents.get(round)) }));
  }

  /**
   * What was said on the way to a round, which is not part of it. Turns that ended while they waited were never said, and what a node
   * inside of another one said was said to that one alone.
   */
  async history(owner: Owner, id: string, before: number): Promise<StoredMessage[]> {
    const branch = branchTo(await this.#tree(owner, id), before).slice(0, -1);
    const said = branch.filter(({ started_at }) => started_at !== null);
    const contents = await this.#contents(owner, id, said);
    return said.flatMap(({ round }) => withoutInner(contents.get(round)));
  }

  /**
   * Makes the branch through a turn current, down to its newest turn, and returns the run of that. Null when the conversation has no
   * such turn.
   */
  async selectBranch(owner: Owner, id: string, runId: string): Promise<string | null> {
    const all = await this.#tree(owner, id);
    const through = all.find(({ run_id }) => run_id === runId);
    if (!through) return null;
    const last = lastBelow(all, through);
    await update(this.db, owner, id).set({ head_round: last.round }).execute();
    return last.run_id;
  }

  /** What happened outside of the turns, oldest first. */
  events(owner: Owner, id: string): Promise<KeptConversationEvent[]> {
    return conversationEvents(this.db, owner, id);
  }

  /** All rounds in the order in which they were made, without what was said. */
  async #tree(owner: Owner, id: string): Promise<TreeRound[]> {
    return this.db
      .selectFrom('rounds')
      .innerJoin('runs', 'runs.id', 'rounds.run_id')
      .select(['rounds.round', 'rounds.parent_round', 'rounds.run_id'])
      .select(['runs.state', 'runs.agent_name', 'runs.started_at'])
      .where('rounds.tenant_id', '=', owner.tenant_id)
      .where('rounds.user_id', '=', owner.user_id)
      .where('rounds.conversation_id', '=', id)
      .orderBy('rounds.round')
      .execute();
  }

  async #contents(owner: Owner, id: string, rounds: readonly TreeRound[]): Promise<Map<number, Content>> {
    const found = new Map<number, Content>();
    for (let at = 0; at < rounds.length; at += ROUNDS_A_QUERY) {
      const some = rounds.slice(at, at + ROUNDS_A_QUERY).map(({ round }) => round);
      const rows = await this.db
        .selectFrom('rounds')
        .innerJoin('runs', 'runs.id', 'rounds.run_id')
        .select([
          'rounds.round',
          'rounds.messages',
          'rounds.nodes',
          'runs.mode',
          'runs.model',
          'runs.terminal',
        ])
        .where('rounds.tenant_id', '=', owner.tenant_id)
        .where('rounds.user_id', '=', owner.user_id)
        .where('rounds.conversation_id', '=', id)
        .where('rounds.round', 'in', some)
        .execute();
      for (const row of rows) found.set(row.round, contentOf(row));
    }
    return found;
  }

  /** False when there is no such conversation; so everywhere below. */
  async setStatus(owner: Owner, id: string, status: ConversationTable['status']): Promise<boolean> {
    const { numUpdatedRows } = await update(this.db, owner, id).set({ status }).executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  }

  /** The title that a person gave: no other replaces it any more. */
  async rename(owner: Owner, id: string, title: string): Promise<boolean> {
    return this.#name(owner, id, ({ tags }) => ({ title, tags, titled_by: 'user' }));
  }

  async setTags(owner: Owner, id: string, tags: string[]): Promise<boolean> {
    return this.#name(owner, id, ({ title, titled_by }) => ({ title, tags, titled_by }));
  }

  /** The title that a model found, unless there is a better one than the prompt's first words. Tags that a person set stay. */
  async giveTitle(owner: Owner, id: string, made: Naming): Promise<boolean> {
    return this.#name(
      owner,
      id,
      ({ tags, titled_by }) =>
        titled_by === 'prompt'
          ? { title: made.title, tags: tags.length > 0 ? tags : made.tags, titled_by: 'model' }
          : null,
      ({ title, tags }) => ({ type: 'conversation.titled', conversation_id: id, title, tags }),
    );
  }

  /** Title, tags and what is searched change together, from what they are at this moment. Null leaves them. */
  async #name(
    owner: Owner,
    id: string,
    change: (now: NamedBy) => NamedBy | null,
    eventOf?: (named: NamedBy) => ConversationEvent,
  ): Promise<boolean> {
    for (;;) {
      const found = await this.find(owner, id);
      if (!found) return false;
      const named = change({ title: found.title, tags: tagsOf(found), titled_by: found.titled_by });
      if (!named) return false;
      const renamed = await transact(this.db, async (db) => {
        const { numUpdatedRows } = await update(db, owner, id)
          .set({
            title: named.title,
            tags: JSON.stringify(named.tags),
            titled_by: named.titled_by,
            search_text: searchText([named.title, ...named.tags]),
          })
          .where('title', '=', found.title)
          .where('tags', '=', found.tags)
          .where('titled_by', '=', found.titled_by)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) return false;
        if (eventOf) await keepConversationEvent(db, owner, eventOf(named), Date.now());
        return true;
      });
      if (renamed) return true;
    }
  }
}

function update(db: Kysely<Database>, owner: Owner, id: string) {
  return db
    .updateTable('conversations')
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('id', '=', id);
}

function contentOf({
  messages,
  nodes,
  mode,
  model,
  terminal,
}: Pick<RoundTable, 'messages' | 'nodes'> & Pick<RunTable, 'mode' | 'model' | 'terminal'>): Content {
  const end =
    mode === 'graph' && terminal !== null
      ? (JSON.parse(terminal) as Pick<Content, 'final_result' | 'execution_chain'>)
      : {};
  return {
    messages: JSON.parse(messages) as StoredMessage[],
    ...(nodes !== null && { nodes: JSON.parse(nodes) as StoredNode[] }),
    ...(mode === 'graph' && { graph_name: model }),
    ...(end.final_result !== undefined && { final_result: end.final_result }),
    ...(end.execution_chain && { execution_chain: end.execution_chain }),
  };
}

function withoutInner({ messages, nodes = [] }: Content = { messages: [] }): StoredMessage[] {
  const inner = new Set(
    nodes
      .filter((node) => node.parent_node_run_id !== undefined || node.tool_call_id !== undefined)
      .map((node) => node.node_run_id),
  );
  return messages.filter(
    (message) => message.role === 'user' || !message.node_run_id || !inner.has(message.node_run_id),
  );
}

interface NamedBy extends Naming {
  titled_by: Conversation['titled_by'];
}

/** The tags of a row; none where they cannot be read, so that one bad row does not hide the others. */
export function tagsOf({ tags }: Pick<Conversation, 'tags'>): string[] {
  try {
    const value: unknown = JSON.parse(tags);
    return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
  } catch {
    return [];
  }
}
