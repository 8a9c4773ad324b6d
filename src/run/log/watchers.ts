import type { RunEvent } from '../../protocol/run-event.js';
import type { Advanced } from './run-log.js';

interface Watcher {
  /** Undefined once it has ended. */
  advanced: Advanced | undefined;
}

/** Who waits for news of which run. They are told at once, from inside of the append: most appends are all that comes in their turn. */
export class Watchers {
  /** The lists are replaced and not changed, because they are walked while watchers come and go. */
  private readonly watchers = new Map<string, readonly Watcher[]>();

  /** `failed` gets what a watcher throws. */
  constructor(private readonly failed: (error: unknown) => void) {}

  /** Returns the function that ends it; after that, `advanced` is not called again. */
  watch(runId: string, advanced: Advanced): () => void {
    const watcher: Watcher = { advanced };
    this.watchers.set(runId, [...(this.watchers.get(runId) ?? []), watcher]);
    return () => {
      if (!watcher.advanced) return;
      watcher.advanced = undefined;
      const left = this.watchers.get(runId)!.filter((other) => other !== watcher);
      if (left.length > 0) this.watchers.set(runId, left);
      else this.watchers.delete(runId);
    };
  }

  notify(runId: string, event?: RunEvent): void {
    const watchers = this.watchers.get(runId);
    if (!watchers) return;
    for (const watcher of watchers) {
      try {
        watcher.advanced?.(event);
      } catch (error) {
        this.failed(error);
      }
    }
  }

  clear(): void {
    for (const watchers of this.watchers.values())
      for (const watcher of watchers) watcher.advanced = undefined;
    this.watchers.clear();
  }
}
