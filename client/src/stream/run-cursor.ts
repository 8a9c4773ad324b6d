import type { SkippedFrame } from '../../../src/protocol/native-codec.js';
import { formatPosition } from '../../../src/protocol/position.js';
import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../../src/protocol/run-snapshot.js';
import { sequenceOf } from '../../../src/protocol/run-state.js';

/** How far a reader has come in one run. Delivery is at least once; this makes the effect exactly once. */
export class RunCursor {
  #runId: string | undefined;
  #epoch = 0;
  #seq = 0;

  constructor(runId?: string) {
    this.#runId = runId;
  }

  get runId(): string | undefined {
    return this.#runId;
  }

  /** What `Last-Event-ID` says, or undefined before the first event. */
  get lastEventId(): string | undefined {
    if (this.#runId === undefined || this.#seq === 0) return undefined;
    return formatPosition({ run_id: this.#runId, epoch: this.#epoch, seq: this.#seq });
  }

  /** Names the run before its first event; a later name is ignored, because a reader follows one run. */
  name(runId: string): void {
    this.#runId ??= runId;
  }

  /** Moves on when the event is the next one. On `gap` the reader has to resume from `lastEventId`. */
  take(event: RunEvent): 'next' | 'seen' | 'gap' {
    return this.#move(event);
  }

  /** Moves past a frame whose event type this version does not know. */
  skip(position: SkippedFrame): 'next' | 'seen' | 'gap' {
    return this.#move(position);
  }

  /** Stands where the snapshot stands, wherever that is. False when it is another run's. */
  replace(snapshot: RunSnapshot): boolean {
    this.#runId ??= snapshot.run_id;
    if (snapshot.run_id !== this.#runId) return false;
    this.#epoch = snapshot.epoch;
    this.#seq = snapshot.through_seq;
    return true;
  }

  #move(place: SkippedFrame): 'next' | 'seen' | 'gap' {
    this.#runId ??= place.run_id;
    if (place.run_id !== this.#runId) return 'gap';
    const order = sequenceOf(this.#seq, place);
    if (order === 'next') {
      this.#epoch = place.epoch;
      this.#seq = place.seq;
    }
    return order;
  }
}
