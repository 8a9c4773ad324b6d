import type { RunEvent, RunEventBody } from './run-event.js';

/** Where something happens: the fields that events of a step carry. */
export interface StepPlace {
  step_id: string;
  node_run_id?: string;
}

/** The inferred log of a foreign run: gives events their envelope and parts their ids, both in order. */
export class ForeignLog {
  readonly #run_id: string;
  #events: RunEvent[] = [];
  #seq = 0;
  #minted = 0;
  /** Unix time in milliseconds. */
  readonly now: () => number;

  constructor(runId: string, now: () => number) {
    this.#run_id = runId;
    this.now = now;
  }

  get begun(): boolean {
    return this.#seq > 0;
  }

  append(body: RunEventBody): void {
    this.#seq += 1;
    const envelope = { v: 1, run_id: this.#run_id, epoch: 1, seq: this.#seq };
    const time = 'delta' in body ? {} : { ts: this.now() };
    this.#events.push({ ...envelope, ...time, ...body } as RunEvent);
  }

  /** An id that is new in this run, and the same whenever the same stream is read again. */
  mint(kind: string): string {
    this.#minted += 1;
    return `${this.#run_id}-${kind}-${this.#minted}`;
  }

  since(time: number): number {
    return Math.max(0, this.now() - time);
  }

  /** The events since the last call. */
  take(): RunEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
