import { signal, type ReadonlySignal } from '@preact/signals';
import { problemOf, type Problem } from '../stream/problem.js';

export type Loadable<T> =
  { kind: 'loading' } | { kind: 'ready'; data: T } | { kind: 'failed'; problem: Problem };

/**
 * A value that is fetched, and fetched again. While it is fetched again, and when that fails, the value it had stays; of
 * fetches that overlap the last one counts.
 */
export class Resource<T> {
  readonly #fetch: () => Promise<T>;
  readonly #state = signal<Loadable<T>>({ kind: 'loading' });
  #latest = 0;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  get state(): ReadonlySignal<Loadable<T>> {
    return this.#state;
  }

  async load(): Promise<void> {
    this.#latest += 1;
    const mine = this.#latest;
    if (this.#state.peek().kind === 'failed') this.#state.value = { kind: 'loading' };
    try {
      const data = await this.#fetch();
      if (mine === this.#latest) this.#state.value = { kind: 'ready', data };
    } catch (error) {
      if (mine !== this.#latest || this.#state.peek().kind === 'ready') return;
      this.#state.value = { kind: 'failed', problem: problemOf(error) };
    }
  }
}
