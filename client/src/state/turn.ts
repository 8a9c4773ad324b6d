import { computed, signal, type ReadonlySignal } from '@preact/signals';
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
import type { StoredRound } from './stored-round.js';

export type TurnStatus =
  /** Not known to be accepted yet. */
  | 'sending'
  | 'live'
  | 'suspended'
  | 'ended'
  /** The server said no before there was a run; `problem` says why. */
  | 'refused'
  /** Stopped before the server had it. */
  | 'unsent'
  /** The run could not be read any further; the stored conversation has the rest. */
  | 'lost';

/** The body of `POST /api/chat/completions`. */
export interface ChatBody {
  user_prompt: string;
  model_name: string;
  mcp_servers: readonly string[];
  conversation_id: string;
  stream: true;
}

export interface TurnContext {
  world: StreamEnvironment;
  scheduler: FrameScheduler;
  accepted(): void;
  left(turn: Turn): void;
}

const STOP_ATTEMPTS = 3;
const STOP_RETRY_MS = 700;

/** One prompt and its answer: stored, being written, or refused. */
export class Turn {
  readonly key = randomHex(8);
  readonly prompt: string;
  readonly run: RunModel;
  readonly #context: TurnContext;
  readonly #status = signal<TurnStatus>('ended');
  readonly #connection = signal<ConnectionState | undefined>(undefined);
  readonly #problem = signal<Problem | undefined>(undefined);
  readonly #stopping = signal(false);
  #body: ChatBody | undefined;
  #idempotencyKey = '';
  #follower: RunFollower | undefined;
  #runId: string | undefined;

  readonly busy: ReadonlySignal<boolean> = computed(() => {
    const status = this.#status.value;
    return status === 'sending' || status === 'live';
  });

  private constructor(context: TurnContext, prompt: string, run: RunModel) {
    this.#context = context;
    this.prompt = prompt;
    this.run = run;
  }

  /** Sends a prompt. */
  static send(context: TurnContext, body: ChatBody): Turn {
    const turn = new Turn(context, body.user_prompt, new RunModel(context.scheduler));
    turn.#body = body;
    turn.#idempotencyKey = randomHex(16);
    turn.#start();
    return turn;
  }

  /** Shows a stored round; one whose run has not ended is followed from its first event. */
  static stored(context: TurnContext, round: StoredRound): Turn {
    const live = !isEnded(round.phase);
    const run = live ? new RunModel(context.scheduler) : new RunModel(context.scheduler, round.state);
    const turn = new Turn(context, round.prompt, run);
    turn.#runId = round.runId;
    if (live) {
      turn.#status.value = 'live';
      turn.#follow({ kind: 'resume', runId: round.runId });
    }
    return turn;
  }

  get runId(): string | undefined {
    return this.#runId;
  }
  get status(): ReadonlySignal<TurnStatus> {
    return this.#status;
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

  /** Sends a refused or unsent prompt once more. The same body goes under the same key, so it cannot happen twice. */
  resend(body: ChatBody): void {
    if (JSON.stringify(body) !== JSON.stringify(this.#body)) this.#idempotencyKey = randomHex(16);
    this.#body = body;
    this.#start();
  }

  /** Asks the server to stop the run, and goes on reading until it has. */
  async stop(): Promise<void> {
    if (!this.busy.peek() || this.#stopping.peek()) return;
    this.#stopping.value = true;
    if (this.#runId !== undefined) await this.#cancel(this.#runId);
    // Nothing is under way, so there is nothing that the server could have to stop.
    else if (this.#connection.peek()?.kind === 'waiting') this.#follower?.close();
  }

  /** Stops reading. The run goes on. */
  leave(): void {
    this.#follower?.close();
    this.#follower = undefined;
  }

  #start(): void {
    if (!this.#body) return;
    this.#status.value = 'sending';
    this.#problem.value = undefined;
    this.#follow({
      kind: 'start',
      url: '/api/chat/completions',
      body: this.#body,
      idempotencyKey: this.#idempotencyKey,
    });
  }

  #follow(target: FollowTarget): void {
    const follower = new RunFollower(
      target,
      {
        accepted: (runId) => this.#accept(runId),
        apply: (events) => this.run.apply(events),
        replace: (snapshot) => this.run.replace(snapshot),
        connection: (state) => this.#connect(state),
      },
      this.#context.world,
    );
    this.#follower = follower;
    void follower.follow().then((end) => {
      if (this.#follower === follower) this.#end(end);
    });
  }

  #accept(runId: string): void {
    this.#runId = runId;
    this.#status.value = 'live';
    this.#context.accepted();
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
    this.#stopping.value = false;
    this.#status.value = this.#statusAfter(end);
    if (end.kind === 'refused') this.#problem.value = end.problem;
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
        return this.#runId === undefined ? 'unsent' : 'lost';
    }
  }

  async #cancel(runId: string): Promise<void> {
    const { world } = this.#context;
    for (let attempt = 1; attempt <= STOP_ATTEMPTS; attempt += 1) {
      try {
        await cancelRun(world.fetch, runId);
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
