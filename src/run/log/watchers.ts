import type { RunEvent } from '../../protocol/run-event.js';
import type { Advanced } from './run-log.js';

interface Watcher {
  advanced: Advanced;
}

/** Who waits for news of which run. They are told at once, from inside of the append: most appends are all that comes in their turn. */
export class Watchers {
  /** Most runs have one, which is told of each chunk: a set of it would be looked through for each. */
  private readonly watchers = new Map<string, Watcher | Set<Watcher>>();

  /** `failed` gets what a watcher throws. */
  constructor(private readonly failed: (error: unknown) => void) {}

  /** Returns the function that ends it; after that, `advanced` is not called again. */
  watch(runId: string, advanced: Advanced): () => void {
    const watcher = { advanced };
    const known = this.watchers.get(runId);
    if (known instanceof Set) known.add(watcher);
    else this.watchers.set(runId, known ? new Set([known, watcher]) : watcher);
    return () => this.end(runId, watcher);
  }

  /** `event`: what was appended, where that is to be told. */
  notify(runId: string, event?: RunEvent): void {
    const known = this.watchers.get(runId);
    if (!known) return;
    if (!(known instanceof Set)) return this.call(known, event);
    // A copy, because a watcher may add others; and asked again, because it may end others.
    for (const watcher of [...known]) if (known.has(watcher)) this.call(watcher, event);
  }

  clear(): void {
    for (const known of this.watchers.values()) if (known instanceof Set) known.clear();
    this.watchers.clear();
  }

  private end(runId: string, watcher: Watcher): void {
    const known = this.watchers.get(runId);
    if (known === watcher) this.watchers.delete(runId);
    if (!(known instanceof Set)) return;
    known.delete(watcher);
    if (known.size === 0) this.watchers.delete(runId);
  }

  private call(watcher: Watcher, event: RunEvent | undefined): void {
    try {
      watcher.advanced(event);
    } catch (error) {
      this.failed(error);
    }
  }
}
