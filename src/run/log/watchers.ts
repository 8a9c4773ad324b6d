import type { RunEvent } from '../../protocol/run-event.js';
import type { Advanced } from './run-log.js';

interface Watcher {
  advanced: Advanced;
}

/** Who waits for news of which run. They are told at once, from inside of the append: most appends are all that comes in their turn. */
export class Watchers {
  private readonly watchers = new Map<string, Set<Watcher>>();

  /** `failed` gets what a watcher throws. */
  constructor(private readonly failed: (error: unknown) => void) {}

  /** Returns the function that ends it; after that, `advanced` is not called again. */
  watch(runId: string, advanced: Advanced): () => void {
    const watcher = { advanced };
    const set = this.watchers.get(runId) ?? new Set();
    this.watchers.set(runId, set.add(watcher));
    return () => {
      set.delete(watcher);
      if (set.size === 0 && this.watchers.get(runId) === set) this.watchers.delete(runId);
    };
  }

  /** `event`: what was appended, where that is to be told. */
  notify(runId: string, event?: RunEvent): void {
    const set = this.watchers.get(runId);
    if (!set) return;
    const [first] = set;
    if (set.size === 1) return this.call(first!, event);
    // A copy, because a watcher may add others; and asked again, because it may end others.
    for (const watcher of [...set]) if (set.has(watcher)) this.call(watcher, event);
  }

  clear(): void {
    for (const set of this.watchers.values()) set.clear();
    this.watchers.clear();
  }

  private call(watcher: Watcher, event: RunEvent | undefined): void {
    try {
      watcher.advanced(event);
    } catch (error) {
      this.failed(error);
    }
  }
}
