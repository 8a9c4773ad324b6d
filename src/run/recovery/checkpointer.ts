import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { isDelta, type RunEvent } from '../../protocol/run-event.js';
import { CheckpointStore } from './checkpoint.store.js';

/**
 * At most 4 KiB and 2 s of an answer are lost with a process. These are less, because what comes while a checkpoint is being
 * stored is lost as well.
 */
const MAX_CHARACTERS = 2048;
const MAX_AGE_MS = 1500;
const TICK_MS = 500;

interface Unsaved {
  epoch: number;
  events: RunEvent[];
  characters: number;
  since: number;
}

/**
 * Stores what runs append, at tool boundaries and at most every 2 s or 4 KiB, all runs of a tick in one transaction. A failing
 * database is tried again with the next tick; what was not stored is kept until then.
 */
@Injectable()
export class Checkpointer implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(Checkpointer.name);
  readonly #unsaved = new Map<string, Unsaved>();
  #saving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: CheckpointStore) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => this.#saveDue(MAX_AGE_MS - TICK_MS), TICK_MS);
    this.#timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Takes what a run has appended. */
  add(runId: string, epoch: number, events: readonly RunEvent[]): void {
    let unsaved = this.#unsaved.get(runId);
    if (!unsaved)
      this.#unsaved.set(runId, (unsaved = { epoch, events: [], characters: 0, since: performance.now() }));
    let boundary = false;
    for (const event of events) {
      unsaved.events.push(event);
      if (isDelta(event)) unsaved.characters += event.delta.length;
      if (event.type === 'tool_result') boundary = true;
    }
    if (boundary || unsaved.characters >= MAX_CHARACTERS) this.#saveDue(0);
  }

  /** The run's end is being stored, or it is no longer ours: nothing of it is saved any more. */
  async forget(runId: string): Promise<void> {
    this.#unsaved.delete(runId);
    await this.#saving;
  }

  #saveDue(minAgeMs: number): void {
    if (this.#saving || this.#unsaved.size === 0) return;
    this.#saving = this.#save(minAgeMs).finally(() => {
      this.#saving = undefined;
    });
  }

  async #save(minAgeMs: number): Promise<void> {
    // One turn later, so that the runs of this turn go into the same transaction.
    await new Promise((resolve) => setImmediate(resolve));
    const now = performance.now();
    const due = [...this.#unsaved].filter(
      ([, { since, characters }]) => now - since >= minAgeMs || characters >= MAX_CHARACTERS,
    );
    if (due.length === 0) return;
    for (const [runId] of due) this.#unsaved.delete(runId);
    try {
      await this.store.save(
        due.map(([runId, unsaved]) => ({ runId, epoch: unsaved.epoch, events: unsaved.events })),
      );
    } catch (error) {
      this.#logger.warn({ err: error }, 'Checkpoints could not be stored; trying again');
      for (const [runId, unsaved] of due) this.#putBack(runId, unsaved);
    }
  }

  #putBack(runId: string, earlier: Unsaved): void {
    const later = this.#unsaved.get(runId);
    if (!later) return void this.#unsaved.set(runId, earlier);
    later.events = earlier.events.concat(later.events);
    later.characters += earlier.characters;
    later.since = earlier.since;
  }
}
