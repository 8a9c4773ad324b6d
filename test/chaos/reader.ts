import { decodeFrame } from '../../src/protocol/native-frame-decoder.js';
import { isTerminal, type RunEvent } from '../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../src/protocol/run-snapshot.js';
import { applyEvent } from '../../src/protocol/apply-event.js';
import { emptyRunState, sequenceOf, type RunState } from '../../src/protocol/run-state.js';
import type { StreamEnvironment } from '../../client/src/stream/environment.js';
import {
  RunFollower,
  type FollowEnd,
  type FollowTarget,
  type RunSink,
} from '../../client/src/stream/run-follower.js';
import type { SseFrame } from '../../client/src/stream/sse-parser.js';
import type { Item } from '../support/history-checker.js';
import { saidBy } from './answers.js';
import type { Random } from './random.js';

export interface ReaderOptions {
  /** Where it asks, at this moment. */
  base: () => string;
  random: Random;
  /** How much faster than a browser's its clock runs: its watchdog of 30 s and its waits pass as many times sooner. */
  speed?: number;
}

/** Who reads as our UI does, with the UI's own follower, and keeps what it got. */
export class Reader implements RunSink {
  /** Each frame with what it decodes to, of all its connections. */
  readonly frames: { frame: SseFrame; item: Item | undefined }[] = [];
  /** What was applied. */
  readonly items: Item[] = [];
  readonly faults: string[] = [];
  /** When it held more characters than ever before, and how many. */
  readonly pace: { at: number; characters: number }[] = [];
  state: RunState = emptyRunState('');
  /** The most that it has ever held of the answer. */
  said = '';
  connections = 0;
  /** When it had an open connection again, for the last time. */
  openedAt = 0;
  lastItemAt = Date.now();
  readonly ended: Promise<FollowEnd>;
  readonly accepting: Promise<string | undefined>;
  end: FollowEnd | undefined;
  #accept: (runId: string | undefined) => void = () => undefined;
  #characters = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #follower: RunFollower;

  constructor(
    readonly target: FollowTarget,
    { base, random, speed = 1 }: ReaderOptions,
  ) {
    this.accepting = new Promise((resolve) => (this.#accept = resolve));
    const environment: StreamEnvironment = {
      fetch: (url, init) => fetch(base() + url, init),
      now: () => Date.now() * speed,
      random: random.fork().next,
      setTimer: (callback, ms) => {
        const timer = setTimeout(callback, ms / speed);
        return () => clearTimeout(timer);
      },
      onWake: () => () => undefined,
      decoder: () => ({ decode: (frame) => this.#decode(frame) }),
    };
    this.#follower = new RunFollower(target, this, environment);
    this.ended = this.#follower.follow().then((end) => {
      this.end = end;
      this.#accept(undefined);
      const said = saidBy(this.state);
      if (said.length > this.said.length) this.said = said;
      this.#wake();
      return end;
    });
  }

  get runId(): string | undefined {
    return this.#follower.runId;
  }

  get terminal(): RunEvent | undefined {
    const last = this.items.at(-1);
    return last && last.type !== 'run.snapshot' && isTerminal(last) ? last : undefined;
  }

  /** Resolves when something holds of what it has got, or it is done. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds() && this.end === undefined)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Stops reading, as somebody who closes the tab. */
  close(): void {
    this.#follower.close();
  }

  accepted(runId: string): void {
    this.#accept(runId);
  }

  connection({ kind }: { kind: string }): void {
    if (kind === 'connecting') this.connections += 1;
    if (kind === 'open') this.openedAt = Date.now();
    this.#wake();
  }

  apply(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (this.state.run_id === '') this.state = emptyRunState(event.run_id);
      if (event.run_id !== this.state.run_id) this.faults.push(`an event of run ${event.run_id}`);
      if (sequenceOf(this.state.seq, event) !== 'next')
        this.faults.push(`seq ${event.seq} after ${this.state.seq}`);
      applyEvent(this.state, event);
      this.items.push(event);
      if (event.type === 'text.delta' || event.type === 'reasoning.delta')
        this.#characters += event.delta.length;
    }
    this.#note();
  }

  replace(snapshot: RunSnapshot): void {
    const before = saidBy(this.state);
    if (before.length > this.said.length) this.said = before;
    this.state = structuredClone(snapshot.state);
    this.items.push(snapshot);
    this.#characters = saidBy(this.state).length;
    this.#note();
  }

  #note(): void {
    this.lastItemAt = Date.now();
    if (this.#characters > (this.pace.at(-1)?.characters ?? 0))
      this.pace.push({ at: this.lastItemAt, characters: this.#characters });
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #decode(frame: SseFrame): ReturnType<typeof decodeFrame> {
    const decoded = decodeFrame(frame);
    if (decoded.fault !== undefined || decoded.skipped) this.faults.push(`not understood: ${frame.data}`);
    this.frames.push({ frame, item: decoded.events[0] });
    return decoded;
  }
}
