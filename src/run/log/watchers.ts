/** Taken when the module is loaded, so that a test's fake clock does not hold notifications back. */
const nextTick = process.nextTick.bind(process);

interface Watcher {
  advanced: () => void;
}

/** Who waits for news of which run. All news of one turn of the event loop come as one call. */
export class Watchers {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private readonly pending = new Set<string>();

  /** `failed` gets what a watcher throws. */
  constructor(private readonly failed: (error: unknown) => void) {}

  /** Returns the function that ends it; after that, `advanced` is not called again. */
  watch(runId: string, advanced: () => void): () => void {
    const watcher = { advanced };
    const set = this.watchers.get(runId) ?? new Set();
    this.watchers.set(runId, set.add(watcher));
    return () => {
      set.delete(watcher);
      if (set.size === 0 && this.watchers.get(runId) === set) this.watchers.delete(runId);
    };
  }

  notify(runId: string): void {
    if (!this.watchers.has(runId)) return;
    if (this.pending.size === 0) nextTick(() => this.flush());
    this.pending.add(runId);
  }

  clear(): void {
    for (const set of this.watchers.values()) set.clear();
    this.watchers.clear();
  }

  private flush(): void {
    const runIds = [...this.pending];
    this.pending.clear();
    for (const runId of runIds) {
      const set = this.watchers.get(runId);
      // A copy, because a watcher may add others; and asked again, because it may end others.
      for (const watcher of [...(set ?? [])]) if (set?.has(watcher)) this.call(watcher);
    }
  }

  private call(watcher: Watcher): void {
    try {
      watcher.advanced();
    } catch (error) {
      this.failed(error);
    }
  }
}
