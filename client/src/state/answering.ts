import { signal, type ReadonlySignal } from '@preact/signals';
import { getJson } from '../stream/api.js';
import type { StreamEnvironment } from '../stream/environment.js';
import { problemOf } from '../stream/problem.js';
import { isRecord } from './json.js';

const ASK_MS = 4_000;
const UNFINISHED: readonly unknown[] = ['queued', 'running', 'suspended'];

/** How a conversation stands, as far as this page knows: it answers, or has answered while the reader was elsewhere. */
export type Activity = 'answering' | 'answered';

/**
 * Which conversations answer at this moment. The open one says so itself. One that was left is asked for now and then, because a stream
 * that nobody looks at would take one of the few connections that a browser has.
 */
export class Answering {
  readonly #world: Pick<StreamEnvironment, 'fetch' | 'setTimer'>;
  readonly #hidden: () => boolean;
  readonly #activities = signal<ReadonlyMap<string, Activity>>(new Map());
  readonly #watched = new Map<string, () => void>();
  readonly #ended: () => void;

  /** @param ended called when a conversation that was left has answered */
  constructor(
    world: Pick<StreamEnvironment, 'fetch' | 'setTimer'>,
    ended: () => void,
    hidden: () => boolean = () => document.hidden,
  ) {
    this.#world = world;
    this.#ended = ended;
    this.#hidden = hidden;
  }

  get activities(): ReadonlySignal<ReadonlyMap<string, Activity>> {
    return this.#activities;
  }

  /** The open conversation answers, or does not. */
  set(conversationId: string, answers: boolean): void {
    this.#unwatch(conversationId);
    this.#mark(conversationId, answers ? 'answering' : undefined);
  }

  /** The conversation was left while this run was not finished. */
  watch(conversationId: string, runId: string): void {
    this.#unwatch(conversationId);
    this.#mark(conversationId, 'answering');
    this.#askLater(conversationId, runId);
  }

  #askLater(conversationId: string, runId: string): void {
    const cancel = this.#world.setTimer(() => void this.#ask(conversationId, runId, cancel), ASK_MS);
    this.#watched.set(conversationId, cancel);
  }

  async #ask(conversationId: string, runId: string, turn: () => void): Promise<void> {
    const ended = !this.#hidden() && (await this.#hasEnded(runId));
    // Meanwhile the conversation was opened, or left again.
    if (this.#watched.get(conversationId) !== turn) return;
    if (!ended) return this.#askLater(conversationId, runId);
    this.#watched.delete(conversationId);
    this.#mark(conversationId, 'answered');
    this.#ended();
  }

  async #hasEnded(runId: string): Promise<boolean> {
    try {
      const run = await getJson(this.#world.fetch, `/api/runs/${encodeURIComponent(runId)}`);
      return isRecord(run) && !UNFINISHED.includes(run['state']);
    } catch (error) {
      return !problemOf(error).retryable;
    }
  }

  #unwatch(conversationId: string): void {
    this.#watched.get(conversationId)?.();
    this.#watched.delete(conversationId);
  }

  #mark(conversationId: string, activity: Activity | undefined): void {
    if (this.#activities.peek().get(conversationId) === activity) return;
    const activities = new Map(this.#activities.peek());
    if (activity === undefined) activities.delete(conversationId);
    else activities.set(conversationId, activity);
    this.#activities.value = activities;
  }
}
