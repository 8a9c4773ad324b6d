import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { isEnded } from '../../../src/protocol/run-state.js';
import { cancelRun } from '../stream/api.js';
import type { StreamEnvironment } from '../stream/environment.js';
import { problemOf, type Problem } from '../stream/problem.js';
import {
  RunFollower,
  type ConnectionState,
  type FollowEnd,
  type FollowTarget,
} from '../stream/run-follower.js';
import type { FrameScheduler } from './frame-scheduler.js';
import { randomHex } from './random-id.js';
import { RunModel } from './run-model.js';
import type { StoredRound, TurnPlace } from './stored-round.js';

export type TurnStatus =
  /** Not known to be accepted yet. */
  | 'sending'
  /** The server has it and it is not finished, but it is not read: others come before it. */
  | 'queued'
  | 'live'
  | 'suspended'
  | 'ended'
  /** The server said no before there was a run; `problem` says why. */
  | 'refused'
  /** Stopped before the server had it. */
  | 'unsent'
  /** Taken back before its turn came: nothing came of it. */
  | 'withdrawn'
  /** The run could not be read any further; the stored conversation has the rest. */
  | 'lost';

/** The request that starts a run. */
export interface RunRequest {
  url: string;
  body: object;
}

/** Where a prompt goes. */
export interface PromptPlace {
  conversation_id: string;
  /** Absent: the turn follows the last one of the current branch. */
  after_run_id?: string | null;
}

/** Makes the request of a prompt: to a model, to an agent, to a graph. */
export type Ask = (prompt: string, place: PromptPlace) => RunRequest;

export interface TurnContext {
  world: StreamEnvironment;
  scheduler: FrameScheduler;
  /** The server has the turn. */
  accepted(turn: Turn): void;
  /** The turn is not read any more. */
  left(turn: Turn): void;
}

const STOP_ATTEMPTS = 3;
const STOP_RETRY_MS = 700;

/** One prompt and its answer: stored, waiting, being written, or refused. */
export class Turn {
  readonly key = randomHex(8);
  readonly prompt: string;
  readonly run: RunModel;
  readonly #context: TurnContext;
  readonly #status = signal<TurnStatus>('ended');
  readonly #connection = signal<ConnectionState | undefined>(undefined);
  readonly #problem = signal<Problem | undefined>(undefined);
  readonly #stopping = signal(false);
  readonly #place: Signal<TurnPlace>;
  #request: RunRequest | undefined;
  #asked: PromptPlace | undefined;
  #idempotencyKey = '';
  #follower: RunFollower | undefined;
  #runId: string | undefined;
  #takenBack = false;

  readonly busy: ReadonlySignal<boolean> = computed(() => {
    const status = this.#status.value;
    return status === 'sending' || status === 'live';
  });
  /** Sent, or being sent, and without an end. */
  readonly unfinished: ReadonlySignal<boolean> = computed(
    () => this.busy.value || this.#status.value === 'queued',
  );

  private constructor(context: TurnContext, prompt: string, run: RunModel, place: TurnPlace) {
    this.#context = context;
    this.prompt = prompt;
    this.run = run;
    this.#place = signal(place);
  }

  /** A prompt that `begin` sends. */
  static of(context: TurnContext, prompt: string, ask: Ask, asked: PromptPlace, place: TurnPlace): Turn {
    const turn = new Turn(context, prompt, new RunModel(context.scheduler), place);
    turn.#request = ask(prompt, asked);
    turn.#asked = asked;
    turn.#idempotencyKey = randomHex(16);
    turn.#status.value = 'sending';
    return turn;
  }

  /** Shows a stored round; one whose run has not ended waits for `resume`. */
  static stored(context: TurnContext, round: StoredRound): Turn {
    const ended = isEnded(round.phase);
    const run = ended ? new RunModel(context.scheduler, round.state) : new RunModel(context.scheduler);
    const turn = new Turn(context, round.prompt, run, round.place);
    turn.#runId = round.runId;
    turn.#status.value = round.withdrawn ? 'withdrawn' : ended ? 'ended' : 'queued';
    return turn;
  }

  get runId(): string | undefined {
    return this.#runId;
  }
  get status(): ReadonlySignal<TurnStatus> {
    return this.#status;
  }
  get place(): ReadonlySignal<TurnPlace> {
    return this.#place;
  }
  get connection(): ReadonlySignal<ConnectionState | undefined> {
    return this.#connection;
  }
  get problem(): ReadonlySignal<Problem | undefined> {
    return this.#problem;
  }
  /** True from the moment somebody pressed Stop here until the run has ended. */
  get stopping(): ReadonlySignal<boolean> {
    return this.#stopping;
  }

  put(place: TurnPlace): void {
    this.#place.value = place;
  }

  /** Sends the prompt, once. */
  begin(): void {
    if (!this.#request || this.#follower || this.#status.peek() !== 'sending') return;
    this.#follow({ kind: 'start', ...this.#request, idempotencyKey: this.#idempotencyKey });
  }

  /** Lets a refused or unsent prompt begin once more. The same body goes under the same key, so it cannot happen twice. */
  renew(ask: Ask): void {
    if (!this.#asked) return;
    const request = ask(this.prompt, this.#asked);
    if (JSON.stringify(request) !== JSON.stringify(this.#request)) this.#idempotencyKey = randomHex(16);
    this.#request = request;
    this.#problem.value = undefined;
    this.#status.value = 'sending';
  }

  /** Reads a waiting turn, from its first event. */
  resume(): void {
    if (this.#runId === undefined) return;
    this.#status.value = 'live';
    this.#follow({ kind: 'resume', runId: this.#runId });
  }

  /** Stops reading, because others come first: a browser has few connections. The run goes on, or waits, at the server. */
  park(): void {
    this.leave();
    batch(() => {
      this.#connection.value = undefined;
      this.#status.value = 'queued';
    });
  }

  /** Asks the server to stop the run, and goes on reading until it has. */
  async stop(): Promise<void> {
    if (!this.unfinished.peek() || this.#stopping.peek()) return;
    this.#stopping.value = true;
    if (this.#runId !== undefined) await this.#cancel(this.#runId);
    else if (!this.#follower) this.#finish('withdrawn');
    // Nothing is under way, so there is nothing that the server could have to stop.
    else if (this.#connection.peek()?.kind === 'waiting') this.#follower.close();
  }

  /** Takes a waiting prompt back. Resolves when that is done or has failed; `status` says which. */
  async withdraw(): Promise<void> {
    this.#takenBack = true;
    await this.stop();
  }

  /** Stops reading. The run goes on. */
  leave(): void {
    this.#follower?.close();
    this.#follower = undefined;
  }

  #follow(target: FollowTarget): void {
    const reads = (): boolean => this.#follower === follower;
    const follower = new RunFollower(
      target,
      {
        // What arrives after the reader has left belongs to nobody: who comes back reads from the beginning.
        accepted: (runId) => reads() && this.#accept(runId),
        apply: (events) => reads() && this.run.apply(events),
        replace: (snapshot) => reads() && this.run.replace(snapshot),
        connection: (state) => reads() && this.#connect(state),
      },
      this.#context.world,
    );
    this.#follower = follower;
    void follower.follow().then((end) => {
      if (reads()) this.#end(end);
    });
  }

  #accept(runId: string): void {
    this.#runId = runId;
    this.#status.value = 'live';
    this.#context.accepted(this);
    if (this.#stopping.peek()) void this.#cancel(runId);
  }

  #connect(state: ConnectionState): void {
    this.#connection.value = state;
    if (state.kind === 'waiting' && this.#stopping.peek() && this.#runId === undefined)
      this.#follower?.close();
  }

  #end(end: FollowEnd): void {
    this.#follower = undefined;
    this.#connection.value = undefined;
    if (end.kind === 'refused') this.#problem.value = end.problem;
    this.#finish(this.#statusAfter(end));
  }

  #finish(status: TurnStatus): void {
    this.#stopping.value = false;
    this.#status.value = status;
    this.#context.left(this);
  }

  #statusAfter(end: FollowEnd): TurnStatus {
    switch (end.kind) {
      case 'terminal':
        return 'ended';
      case 'suspended':
        return 'suspended';
      case 'refused':
        return this.#runId === undefined ? 'refused' : 'lost';
      case 'closed':
        if (this.#runId !== undefined) return 'lost';
        return this.#takenBack ? 'withdrawn' : 'unsent';
    }
  }

  async #cancel(runId: string): Promise<void> {
    const { world } = this.#context;
    for (let attempt = 1; attempt <= STOP_ATTEMPTS; attempt += 1) {
      try {
        await cancelRun(world.fetch, runId);
        // Nobody reads a waiting turn, so nothing else says that it is over.
        if (this.#status.peek() === 'queued') this.#finish('withdrawn');
        return;
      } catch (error) {
        if (!problemOf(error).retryable) break;
        await new Promise<void>((resolve) => void world.setTimer(resolve, STOP_RETRY_MS));
      }
    }
    // The button comes back, so that the person can press it again.
    this.#stopping.value = false;
  }
}
