import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { isEnded } from '../../../src/protocol/run-state.js';
import { getJson } from '../stream/api.js';
import { problemOf, type Problem } from '../stream/problem.js';
import type { Drafts } from './drafts.js';
import { isRecord, stringOf } from './json.js';
import { readRunFacts } from './run-facts.js';
import { readRound, type StoredRound } from './stored-round.js';
import { Turn, type ChatBody, type TurnContext } from './turn.js';

export type ConversationState =
  { kind: 'loading' } | { kind: 'ready' } | { kind: 'missing' } | { kind: 'failed'; problem: Problem };

export interface ConversationContext extends Omit<TurnContext, 'accepted' | 'left'> {
  drafts: Drafts;
  /** The server has a new run of this conversation. */
  accepted(conversation: Conversation): void;
  /** A run of this conversation ended, or cannot be read any further. */
  ended(conversation: Conversation): void;
}

/** What a prompt is sent with. */
export type SendOptions = Pick<ChatBody, 'model_name' | 'mcp_servers'>;

/** Stored rounds that get their error and usage from the server when the conversation is opened. */
const ANNOTATED_ROUNDS = 20;

/** The turns of one conversation: stored ones, and the one that is being answered. */
export class Conversation {
  readonly id: string;
  readonly #context: ConversationContext;
  readonly #turnContext: TurnContext;
  readonly #turns = signal<readonly Turn[]>([]);
  readonly #state = signal<ConversationState>({ kind: 'loading' });
  readonly #title = signal('');
  /** Runs whose events are gone although the database calls them unfinished; following them again would go in circles. */
  readonly #lostRuns = new Set<string>();

  /** The turn that is being sent or answered, if there is one. */
  readonly live: ReadonlySignal<Turn | undefined> = computed(() =>
    this.#turns.value.findLast((turn) => turn.busy.value),
  );

  /** @param isNew true for an id that was just made, which the server does not know yet */
  constructor(id: string, context: ConversationContext, isNew: boolean) {
    this.id = id;
    this.#context = context;
    this.#turnContext = {
      world: context.world,
      scheduler: context.scheduler,
      accepted: () => this.#accepted(),
      left: (turn) => this.#left(turn),
    };
    if (isNew) this.#state.value = { kind: 'ready' };
  }

  get turns(): ReadonlySignal<readonly Turn[]> {
    return this.#turns;
  }
  get state(): ReadonlySignal<ConversationState> {
    return this.#state;
  }
  get title(): ReadonlySignal<string> {
    return this.#title;
  }

  /** Loads the conversation, or what is new in it. Turns that are there already stay as they are. */
  async load(): Promise<void> {
    if (this.#state.peek().kind === 'failed') this.#state.value = { kind: 'loading' };
    try {
      const detail = await getJson(
        this.#context.world.fetch,
        `/api/chat/conversations/${encodeURIComponent(this.id)}`,
      );
      this.#merge(isRecord(detail) ? detail : {});
      this.#state.value = { kind: 'ready' };
    } catch (error) {
      this.#fail(problemOf(error));
    }
  }

  /** Loads again what others may have added, unless a prompt of this page is on its way. */
  async refresh(): Promise<void> {
    const kind = this.#state.peek().kind;
    if (kind !== 'ready' || this.#turns.peek().some((turn) => turn.status.peek() === 'sending')) return;
    await this.load();
  }

  send(prompt: string, options: SendOptions): void {
    this.#context.drafts.hold(this.id, prompt);
    this.#turns.value = [...this.#turns.peek(), Turn.send(this.#turnContext, this.#body(prompt, options))];
  }

  /** Sends a turn's prompt once more: a refused one in its place, an answered one as a new turn. */
  retry(turn: Turn, options: SendOptions): void {
    const status = turn.status.peek();
    if (status === 'refused' || status === 'unsent') turn.resend(this.#body(turn.prompt, options));
    else this.send(turn.prompt, options);
  }

  async stop(): Promise<void> {
    await this.live.peek()?.stop();
  }

  /** Stops reading; runs go on. */
  leave(): void {
    for (const turn of this.#turns.peek()) turn.leave();
  }

  #body(prompt: string, options: SendOptions): ChatBody {
    return { user_prompt: prompt, ...options, conversation_id: this.id, stream: true };
  }

  #merge(detail: Record<string, unknown>): void {
    this.#title.value = stringOf(detail['title']);
    const rounds = (Array.isArray(detail['rounds']) ? (detail['rounds'] as unknown[]) : [])
      .map(readRound)
      .filter((round) => round !== undefined);
    const known = new Map(this.#turns.peek().map((turn) => [turn.runId, turn]));
    const stored = rounds.map((round) => {
      const turn = known.get(round.runId);
      const keep =
        turn?.status.peek() !== 'lost' || (this.#lostRuns.has(round.runId) && !isEnded(round.phase));
      return turn && keep ? turn : Turn.stored(this.#turnContext, round);
    });
    const storedIds = new Set(rounds.map((round) => round.runId));
    const ours = this.#turns.peek().filter((turn) => turn.runId === undefined || !storedIds.has(turn.runId));
    this.#turns.value = [...stored, ...ours];
    for (const turn of stored.slice(-ANNOTATED_ROUNDS)) if (!known.has(turn.runId)) void this.#annotate(turn);
    this.#settleHeldPrompt(rounds.at(-1));
  }

  /** A page that was left between sending a prompt and hearing of it does not know whether the server has it. */
  #settleHeldPrompt(last: StoredRound | undefined): void {
    const { drafts } = this.#context;
    if (this.#turns.peek().some((turn) => turn.status.peek() === 'sending')) return;
    if (last?.prompt.trim() === drafts.held(this.id).trim()) drafts.release(this.id);
    else drafts.reclaim(this.id);
  }

  async #annotate(turn: Turn): Promise<void> {
    const { phase } = turn.run.summary.peek();
    const isLast = this.#turns.peek().at(-1) === turn;
    if (turn.runId === undefined || turn.busy.peek()) return;
    if (phase !== 'failed' && phase !== 'interrupted' && !isLast) return;
    try {
      const view = await getJson(this.#context.world.fetch, `/api/runs/${encodeURIComponent(turn.runId)}`);
      turn.run.annotate(readRunFacts(view));
    } catch {
      // The answer is there; only its footer stays shorter.
    }
  }

  #accepted(): void {
    this.#context.drafts.release(this.id);
    this.#context.accepted(this);
  }

  #left(turn: Turn): void {
    this.#context.ended(this);
    // A prompt that the server refuses as it is goes back into the message box, to be changed.
    if (turn.status.peek() === 'refused' && turn.problem.peek()?.retryable === false) {
      this.#context.drafts.reclaim(this.id);
    }
    if (turn.status.peek() !== 'lost' || turn.runId === undefined || this.#lostRuns.has(turn.runId)) return;
    this.#lostRuns.add(turn.runId);
    void this.load();
  }

  #fail(problem: Problem): void {
    if (this.#state.peek().kind === 'ready') return;
    if (problem.status !== 404) {
      this.#state.value = { kind: 'failed', problem };
      return;
    }
    // The server never got the first prompt of this conversation: it goes back into the message box.
    const held = this.#context.drafts.held(this.id) !== '';
    this.#context.drafts.reclaim(this.id);
    const empty = !held && this.#context.drafts.of(this.id).peek() === '';
    this.#state.value = { kind: empty ? 'missing' : 'ready' };
  }
}
