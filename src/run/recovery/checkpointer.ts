import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { isDelta } from '../../protocol/run-event.js';
import type { AppendedEvent } from '../log/run-log.js';
import { CheckpointStore } from './checkpoint.store.js';

/**
 * At most 4 KiB and 2 s of an answer are lost with a process. These are less, because what comes while a checkpoint is being
 * stored is lost as well.
 */
const MAX_CHARACTERS = 2048;
const MAX_AGE_MS = 1500;
const TICK_MS = 500;

interface Unsaved {
  /** Says the epoch of the run's row when it is asked. */
  token: { readonly epoch: number };
  events: AppendedEvent[];
  characters: number;
  since: number;
}

/**
 * Stores what runs append, at the ends of tools and nodes, and at most every 2 s or 4 KiB, all runs of a tick in one transaction. A failing
 * database is tried again with the next tick, and so is a run whose row is being moved to another epoch; what was not stored is
 * kept until then.
 */
@Injectable()
export class Checkpointer implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger(Checkpointer.name);
  readonly #unsaved = new Map<string, Unsaved>();
  /** What is being stored, but for runs that have ended meanwhile. */
  #inSave = new Map<string, Unsaved>();
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
  add(runId: string, token: Unsaved['token'], events: readonly AppendedEvent[]): void {
    let unsaved = this.#unsaved.get(runId);
    if (!unsaved)
      this.#unsaved.set(runId, (unsaved = { token, events: [], characters: 0, since: performance.now() }));
    let boundary = false;
    for (const event of events) {
      unsaved.events.push(event);
      if (isDelta(event)) unsaved.characters += event.delta.length;
      if (event.type === 'tool_result' || event.type === 'node.ended') boundary = true;
    }
    if (boundary || unsaved.characters >= MAX_CHARACTERS) this.#saveDue(0);
  }

  /** The run writes nothing more, and its end is stored or another instance's to store: nothing of it is saved any more. */
  async forget(runId: string): Promise<void> {
    this.#unsaved.delete(runId);
    this.#inSave.delete(runId);
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
    this.#inSave = new Map(due);
    const refused = await this.#store(due);
    for (const [runId, unsaved] of this.#inSave) if (refused.has(runId)) this.#putBack(runId, unsaved);
    this.#inSave.clear();
  }

  /** Returns the ids of the runs whose checkpoint is not stored. */
  async #store(due: readonly (readonly [string, Unsaved])[]): Promise<Set<string>> {
    try {
      return await this.store.save(
        due.map(([runId, { token, events }]) => ({ runId, epoch: token.epoch, events })),
      );
    } catch (error) {
      this.#logger.warn({ err: error }, 'Checkpoints could not be stored; trying again');
      return new Set(due.map(([runId]) => runId));
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
