import type { LogMark, RedisLogStore } from './redis-log-store.js';

export interface PollOptions {
  everyMs: number;
  store: RedisLogStore;
  watched: () => Iterable<string>;
  /** The writer that lives here and the last seq it has confirmed; null when the run is written elsewhere. */
  writtenHere: (runId: string) => { writer: string; lastSeq: number } | null;
  changed: (runId: string) => void;
  /** Called before each time it asks. */
  before: () => void;
}

/** How many logs are asked about at once. */
const BATCH = 500;

/**
 * Asks now and then whether the watched logs have changed, because messages can be lost: a reader waits for the next poll at
 * the longest. It also finds that a log has expired or was lost, of which nobody tells.
 */
export class LogPoll {
  private timer: NodeJS.Timeout | null = null;
  private readonly marks = new Map<string, string>();

  constructor(private readonly options: PollOptions) {}

  begin(): void {
    if (this.timer) return;
    this.timer = setInterval(() => void this.run(), this.options.everyMs);
    this.timer.unref();
  }

  end(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    this.marks.clear();
  }

  /** Asks now. While Redis is away it does nothing. */
  async run(): Promise<void> {
    this.options.before();
    const watched = new Set(this.options.watched());
    for (const known of this.marks.keys()) if (!watched.has(known)) this.marks.delete(known);
    const runIds = [...watched];
    for (let at = 0; at < runIds.length; at += BATCH) await this.ask(runIds.slice(at, at + BATCH));
  }

  private async ask(runIds: readonly string[]): Promise<void> {
    const { store, writtenHere, changed } = this.options;
    const own = runIds.map(writtenHere);
    let marks: (LogMark | null)[];
    try {
      marks = await store.marks(runIds);
    } catch {
      return;
    }
    for (const [index, runId] of runIds.entries()) {
      const mark = marks[index]!;
      const here = own[index];
      if (here) {
        const isOver = mark?.writer !== here.writer || mark.lastSeq < here.lastSeq;
        // It may have been opened anew here while the answer was on its way.
        if (isOver && writtenHere(runId)?.writer === here.writer) changed(runId);
        continue;
      }
      const text = JSON.stringify(mark);
      const before = this.marks.get(runId);
      this.marks.set(runId, text);
      if (before !== text) changed(runId);
    }
  }
}
