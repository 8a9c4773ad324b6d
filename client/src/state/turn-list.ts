import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import { isEnded } from '../../../src/protocol/run-state.js';
import type { StoredRound } from './stored-round.js';
import { Turn, type TurnContext } from './turn.js';

/**
 * The turns of a conversation's current branch, in order: stored ones, the one that is being answered, and those that wait for it.
 *
 * One rule holds them together: of the unfinished turns only the first is read, because a browser has six connections to a server, and
 * prompts are sent one after the other, because two requests may overtake each other.
 */
export class TurnList {
  readonly #context: TurnContext;
  readonly #turns = signal<readonly Turn[]>([]);
  /** Also those of branches that are not shown: the reader may come back to them. */
  readonly #byRun = new Map<string, Turn>();

  /** The turn that is being sent or answered, if there is one. */
  readonly live: ReadonlySignal<Turn | undefined> = computed(() =>
    this.#turns.value.find((turn) => turn.busy.value),
  );
  /** The turns that wait until others are answered. */
  readonly waiting: ReadonlySignal<readonly Turn[]> = computed(() =>
    this.#turns.value.filter((turn) => turn.unfinished.value && turn !== this.live.value),
  );

  constructor(context: TurnContext) {
    this.#context = context;
  }

  get all(): ReadonlySignal<readonly Turn[]> {
    return this.#turns;
  }

  get sending(): boolean {
    return this.#turns.peek().some((turn) => turn.status.peek() === 'sending');
  }

  /** Adds a turn at the end; or, as another branch, in the place of a turn and all that follow it. */
  add(turn: Turn, instead?: Turn): void {
    const turns = this.#turns.peek();
    const before = instead ? turns.slice(0, turns.indexOf(instead)) : turns;
    this.#set([...before.filter((one) => one !== turn), turn]);
  }

  /** The server has the turn. Where it stands is as this page sees it, until the server says so. */
  accept(turn: Turn): void {
    const runId = turn.runId ?? '';
    const place = turn.place.peek();
    const before = this.#turns.peek().slice(0, this.#turns.peek().indexOf(turn));
    const last = before.findLast((one) => one.runId !== undefined);
    this.#byRun.set(runId, turn);
    turn.put({
      round: 0,
      afterRunId: place.afterRunId === undefined ? (last?.runId ?? null) : place.afterRunId,
      branches: [...place.branches, runId],
    });
    this.settle();
  }

  /**
   * Shows the current branch as the server has it. Turns that are there already stay as they are.
   *
   * @param ours whether to keep a turn that the server's answer does not have
   * @returns the turns that were not there before
   */
  show(rounds: readonly StoredRound[], ours: (turn: Turn) => boolean): Turn[] {
    const before = this.#turns.peek();
    const stored = rounds.map((round) => this.#turnOf(round));
    const kept = before.filter((turn) => !stored.includes(turn) && ours(turn));
    const next = [...stored, ...kept];
    batch(() => {
      for (const turn of before) if (!next.includes(turn) && turn.busy.peek()) turn.park();
      this.#set(next);
    });
    return stored.filter((turn) => !before.includes(turn));
  }

  /** Turns that have ended are read anew when they are shown again. */
  forget(): void {
    this.#byRun.clear();
  }

  settle(): void {
    batch(() => {
      let first = true;
      let sending = false;
      for (const turn of this.#turns.peek()) {
        const status = turn.status.peek();
        if (status === 'sending' && !sending) turn.begin();
        if (status === 'live' && !first) turn.park();
        if (status === 'queued' && first) turn.resume();
        if (status === 'sending') sending = true;
        if (turn.unfinished.peek() || status === 'suspended') first = false;
      }
    });
  }

  /** Stops reading; runs go on. */
  leave(): void {
    for (const turn of this.#turns.peek()) turn.leave();
  }

  #set(turns: readonly Turn[]): void {
    this.#turns.value = turns;
    this.settle();
  }

  #turnOf(round: StoredRound): Turn {
    const known = this.#byRun.get(round.runId);
    if (known && !isOutdated(known, round)) {
      known.put(round.place);
      return known;
    }
    const turn = Turn.stored(this.#context, round);
    this.#byRun.set(round.runId, turn);
    return turn;
  }
}

/** The server knows how a turn ended that this page has not read to its end. */
function isOutdated(turn: Turn, round: StoredRound): boolean {
  const status = turn.status.peek();
  if (status === 'withdrawn') return !round.withdrawn;
  return (status === 'lost' || status === 'queued') && isEnded(round.phase);
}
