import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { getJson, sendJson } from '../stream/api.js';
import { problemOf, type Problem } from '../stream/problem.js';
import { readCompactions, type Compaction } from './compaction.js';
import { readItem } from './conversation-item.js';
import type { Mode } from './asks.js';
import type { Drafts } from './drafts.js';
import { isRecord, stringOf } from './json.js';
import type { KnownConversations } from './known-conversations.js';
import { readRunFacts } from './run-facts.js';
import { readRound, type StoredRound } from './stored-round.js';
import { Turn, type Ask, type PromptPlace, type TurnContext } from './turn.js';
import { TurnList } from './turn-list.js';

export type ConversationState =
  { kind: 'loading' } | { kind: 'ready' } | { kind: 'missing' } | { kind: 'failed'; problem: Problem };

export interface ConversationContext extends Omit<TurnContext, 'accepted' | 'left'> {
  drafts: Drafts;
  known: KnownConversations;
  /** The server has something new of this conversation. */
  changed(conversation: Conversation): void;
  /** A run of this conversation ended, or cannot be read any further. */
  ended(conversation: Conversation): void;
}

/** What `generation_type` of a conversation says of its prompts. */
const MODES: Record<string, Mode> = { graph_run: 'graph', agent: 'agent', graph: 'design' };

/** Stored rounds that get their error and usage from the server when the conversation is opened. */
const ANNOTATED_ROUNDS = 20;
/** A page that was left while it sent looks for its prompts in this many rounds. */
const RECENT_ROUNDS = 10;

/** One conversation: its turns, and what can be done with them. */
export class Conversation {
  readonly id: string;
  readonly #context: ConversationContext;
  readonly #turnContext: TurnContext;
  readonly #turns: TurnList;
  readonly #state = signal<ConversationState>({ kind: 'loading' });
  readonly #mode: Signal<Mode>;
  readonly #compactions = signal<readonly Compaction[]>([]);
  readonly #switching = signal(false);
  #latest = 0;
  /** Accepted since the last load began, so that its answer may not have them. */
  #accepted = new Set<Turn>();
  #loadAgain = false;

  /** The turn that is being sent or answered, if there is one. */
  readonly live: ReadonlySignal<Turn | undefined>;
  /** The turns that wait until others are answered. */
  readonly waiting: ReadonlySignal<readonly Turn[]>;
  /** What was said is not changed while an answer is being written. */
  readonly idle: ReadonlySignal<boolean>;

  /** @param isNew what it talks to, for an id that was just made and that the server does not know yet */
  constructor(id: string, context: ConversationContext, isNew?: Mode) {
    this.id = id;
    this.#context = context;
    this.#turnContext = {
      world: context.world,
      scheduler: context.scheduler,
      accepted: (turn) => this.#accept(turn),
      left: (turn) => this.#left(turn),
    };
    this.#turns = new TurnList(this.#turnContext);
    this.live = this.#turns.live;
    this.waiting = this.#turns.waiting;
    this.idle = computed(
      () => this.live.value === undefined && this.waiting.value.length === 0 && !this.#switching.value,
    );
    this.#mode = signal(isNew ?? 'chat');
    if (isNew) this.#state.value = { kind: 'ready' };
  }

  get turns(): ReadonlySignal<readonly Turn[]> {
    return this.#turns.all;
  }
  get state(): ReadonlySignal<ConversationState> {
    return this.#state;
  }
  /** What its prompts go to. */
  get mode(): ReadonlySignal<Mode> {
    return this.#mode;
  }
  get compactions(): ReadonlySignal<readonly Compaction[]> {
    return this.#compactions;
  }
  /** True while another branch is being asked for. */
  get switching(): ReadonlySignal<boolean> {
    return this.#switching;
  }
  /** The last run that the server has and that has not ended. */
  get unfinishedRunId(): string | undefined {
    return this.turns.peek().findLast((turn) => turn.runId !== undefined && turn.unfinished.peek())?.runId;
  }

  /** Loads the conversation, or what is new in it. Turns that are there already stay as they are. */
  async load(): Promise<void> {
    if (this.#state.peek().kind === 'failed') this.#state.value = { kind: 'loading' };
    try {
      await this.#load(true);
    } catch (error) {
      this.#fail(problemOf(error));
    }
  }

  /** Loads again what others may have added; later, when a prompt of this page is on its way. */
  async refresh(): Promise<void> {
    if (this.#state.peek().kind !== 'ready') return;
    if (this.#turns.sending) this.#loadAgain = true;
    else await this.load();
  }

  /** Loads everything again, because its history was changed. */
  async reload(): Promise<void> {
    this.#turns.forget();
    await this.load();
  }

  /** Sends a prompt; while an answer is being written it waits at the server. */
  send(prompt: string, ask: Ask): void {
    this.#send(prompt, ask, {}, []);
  }

  /** Sends a turn's prompt once more: a refused one in its place, an answered one as another branch. */
  retry(turn: Turn, ask: Ask): void {
    const status = turn.status.peek();
    if (status === 'refused' || status === 'unsent') {
      this.#context.drafts.hold(this.id, turn.prompt);
      turn.renew(ask);
      this.#turns.add(turn);
    } else this.edit(turn, turn.prompt, ask);
  }

  /** Asks something else in the place of a turn, as another branch. The turn and all that follow it are kept. */
  edit(turn: Turn, prompt: string, ask: Ask): void {
    const { afterRunId, branches } = turn.place.peek();
    if (!this.idle.peek()) return;
    const after = afterRunId === undefined ? {} : { after_run_id: afterRunId };
    this.#send(prompt, ask, after, branches, turn);
  }

  /** Shows the branch through a turn. Resolves with why that was not possible, if so. */
  async switchTo(runId: string): Promise<Problem | undefined> {
    if (!this.idle.peek()) return undefined;
    this.#switching.value = true;
    try {
      await sendJson(this.#context.world.fetch, 'PUT', `${this.#url}/branch`, { run_id: runId });
      await this.#load(false);
      this.#context.changed(this);
      return undefined;
    } catch (error) {
      return problemOf(error);
    } finally {
      this.#switching.value = false;
    }
  }

  /** Stops what is being written. What waits goes on. */
  async stop(): Promise<void> {
    await this.live.peek()?.stop();
  }

  /** Takes a waiting prompt back: into the message box, if that is empty. */
  async withdraw(turn: Turn): Promise<'returned' | 'dropped' | 'failed'> {
    await turn.withdraw();
    if (turn.status.peek() !== 'withdrawn') return 'failed';
    return this.#context.drafts.giveBack(this.id, turn.prompt) ? 'returned' : 'dropped';
  }

  /** Stops reading; runs go on. */
  leave(): void {
    this.#turns.leave();
  }

  get #url(): string {
    return `/api/chat/conversations/${encodeURIComponent(this.id)}`;
  }

  #send(
    prompt: string,
    ask: Ask,
    after: Pick<PromptPlace, 'after_run_id'>,
    branches: readonly string[],
    instead?: Turn,
  ): void {
    this.#context.drafts.hold(this.id, prompt);
    const asked = { conversation_id: this.id, ...after };
    const place = { round: 0, afterRunId: after.after_run_id, branches };
    this.#turns.add(Turn.of(this.#turnContext, prompt, ask, asked, place), instead);
  }

  async #load(keepUnsent: boolean): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    const accepted = (this.#accepted = new Set<Turn>());
    const detail = await getJson(this.#context.world.fetch, this.#url);
    if (mine !== this.#latest) return;
    if (this.#turns.sending) this.#loadAgain = true;
    else {
      const ours = (turn: Turn): boolean => (turn.runId === undefined ? keepUnsent : accepted.has(turn));
      this.#show(isRecord(detail) ? detail : {}, ours);
    }
    this.#state.value = { kind: 'ready' };
  }

  #show(detail: Record<string, unknown>, ours: (turn: Turn) => boolean): void {
    this.#learn(detail);
    const rounds = (Array.isArray(detail['rounds']) ? (detail['rounds'] as unknown[]) : [])
      .map(readRound)
      .filter((round) => round !== undefined);
    const mode = (this.#mode.value = MODES[stringOf(detail['generation_type'])] ?? 'chat');
    // Its rounds do not say it themselves.
    if (mode === 'design') for (const { state } of rounds) state.mode = 'agent';
    const added = this.#turns.show(rounds, ours);
    this.#compactions.value = readCompactions(detail['events']);
    for (const turn of this.turns.peek().slice(-ANNOTATED_ROUNDS))
      if (added.includes(turn)) void this.#annotate(turn);
    this.#settleHeldPrompts(rounds.slice(-RECENT_ROUNDS));
  }

  /** The detail does not say when the conversation was last changed; the list does. */
  #learn(detail: Record<string, unknown>): void {
    const { known } = this.#context;
    const item = readItem({ ...detail, _id: this.id });
    if (!item) return;
    const { title, status, tags } = item;
    if (known.find(this.id)) known.amend(this.id, { title, status, tags });
    else known.learn([item]);
  }

  /** A page that was left between sending a prompt and hearing of it does not know whether the server has it. */
  #settleHeldPrompts(recent: readonly StoredRound[]): void {
    const arrived = new Set(recent.map(({ prompt }) => prompt.trim()));
    this.#reclaimHeld((prompt) => !arrived.has(prompt.trim()));
  }

  /** Puts the prompts that the server does not have back into the message box. */
  #reclaimHeld(isMissing: (prompt: string) => boolean): boolean {
    const { drafts } = this.#context;
    const held = drafts.held(this.id);
    for (const prompt of held) drafts.release(this.id, prompt);
    return drafts.giveBack(this.id, held.filter(isMissing).join('\n\n'));
  }

  async #annotate(turn: Turn): Promise<void> {
    const { phase } = turn.run.summary.peek();
    const isLast = this.turns.peek().at(-1) === turn;
    if (turn.runId === undefined || turn.status.peek() !== 'ended') return;
    if (phase !== 'failed' && phase !== 'interrupted' && !isLast) return;
    try {
      const view = await getJson(this.#context.world.fetch, `/api/runs/${encodeURIComponent(turn.runId)}`);
      turn.run.annotate(readRunFacts(view));
    } catch {
      // The answer is there; only its footer stays shorter.
    }
  }

  #accept(turn: Turn): void {
    this.#accepted.add(turn);
    this.#context.drafts.release(this.id, turn.prompt);
    this.#turns.accept(turn);
    this.#context.changed(this);
    this.#catchUp();
  }

  #left(turn: Turn): void {
    const status = turn.status.peek();
    this.#turns.settle();
    this.#context.ended(this);
    if (status === 'withdrawn') this.#context.drafts.release(this.id, turn.prompt);
    // A prompt that the server refuses as it is goes back into the message box, to be changed.
    if (status === 'refused' && turn.problem.peek()?.retryable === false)
      this.#context.drafts.reclaim(this.id, turn.prompt);
    // Somebody else shortened the history: what is shown of it is no longer what there is.
    if (turn.run.compacted) {
      this.#turns.forget();
      this.#loadAgain = true;
    }
    if (status === 'lost' || (status === 'withdrawn' && turn.runId !== undefined)) this.#loadAgain = true;
    this.#catchUp();
  }

  #catchUp(): void {
    if (!this.#loadAgain || this.#turns.sending) return;
    this.#loadAgain = false;
    void this.load();
  }

  #fail(problem: Problem): void {
    if (this.#state.peek().kind === 'ready') return;
    if (problem.status !== 404) {
      this.#state.value = { kind: 'failed', problem };
      return;
    }
    // The server never got the first prompt of this conversation: it goes back into the message box.
    const given = this.#reclaimHeld(() => true);
    const empty = !given && this.#context.drafts.of(this.id).peek() === '';
    this.#state.value = { kind: empty ? 'missing' : 'ready' };
  }
}
