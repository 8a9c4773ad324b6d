import type { DeltaEvent, RunEvent } from '../../../protocol/run-event.js';
import type { EpochStart } from '../judge-cursor.js';
import { MergedEvents } from '../merged-events.js';
import type { LogCursor } from '../run-log.js';

/** The text of one delta, or of several with the length of each but the last. */
type TextBody = string | [text: string, ...lengths: number[]];

/** An entry as it is read: its last seq, its place (0: that of the row before) and its body. See `LogEntry`. */
export type Row = [seq: number, place: object | null | 0, body: TextBody | object];

export interface CollectOptions {
  runId: string;
  after: LogCursor;
  /** At most this many events. */
  limit: number;
  merge: boolean;
}

/** Makes the events of one read from the rows of its pages. */
export class RowCollector {
  private readonly merged: MergedEvents;
  private readonly single: RunEvent[] = [];
  private last: LogCursor;
  private filled = false;

  constructor(private readonly options: CollectOptions) {
    this.merged = new MergedEvents(options.limit);
    this.last = options.after;
  }

  /** Where the last event that was taken stands. */
  get cursor(): LogCursor {
    return this.last;
  }

  /** True when nothing more can be taken. Another delta may still be merged into the last one. */
  get full(): boolean {
    return this.filled || this.single.length >= this.options.limit;
  }

  /** Takes a page; `epochs` are those of the log when it was read. */
  add(rows: readonly Row[], epochs: readonly EpochStart[]): void {
    const envelope = { v: 1 as const, run_id: this.options.runId };
    let at = 0;
    let template = null as DeltaEvent | null;
    for (const [seq, place, body] of rows) {
      while (at + 1 < epochs.length && epochs[at + 1]!.firstSeq <= seq) at += 1;
      const { epoch } = epochs[at]!;
      if (place === null) template = null;
      else if (typeof place === 'object')
        template = { ...envelope, epoch, seq, ...place, delta: '' } as DeltaEvent;
      else if (template && template.epoch !== epoch) template = { ...template, epoch };
      const taken = template
        ? this.addText(template, seq, body as TextBody)
        : this.addEvent({ ...envelope, epoch, seq, ...(body as object) } as RunEvent);
      if (!taken) return;
    }
  }

  finish(): RunEvent[] {
    return this.options.merge ? this.merged.finish() : this.single;
  }

  private addEvent(event: RunEvent): boolean {
    if (event.seq !== this.last.seq + 1) return false;
    return this.take(event.epoch, event.seq, this.options.merge ? this.merged.add(event) : this.push(event));
  }

  private addText(template: DeltaEvent, seq: number, body: TextBody): boolean {
    const text = typeof body === 'string' ? body : body[0];
    const ends = typeof body === 'string' ? [] : endsOf(body);
    ends.push(text.length);
    const firstSeq = seq - ends.length + 1;
    if (firstSeq > this.last.seq + 1) return false;
    const from = this.last.seq + 1;
    const skipped = from - firstSeq;
    if (this.options.merge) {
      const rest = text.slice(skipped === 0 ? 0 : ends[skipped - 1]);
      return this.take(template.epoch, seq, this.merged.addText(template, from, seq, rest));
    }
    for (let at = skipped; at < ends.length; at += 1) {
      const delta = text.slice(at === 0 ? 0 : ends[at - 1], ends[at]);
      const event = { ...template, seq: firstSeq + at, delta };
      if (!this.take(event.epoch, event.seq, this.push(event))) return false;
    }
    return true;
  }

  private push(event: RunEvent): boolean {
    if (this.full) return false;
    this.single.push(event);
    return true;
  }

  private take(epoch: number, seq: number, taken: boolean): boolean {
    if (taken) this.last = { epoch, seq };
    else this.filled = true;
    return taken;
  }
}

/** Where each delta but the last ends in the text. */
function endsOf([, ...lengths]: [string, ...number[]]): number[] {
  let end = 0;
  return lengths.map((length) => (end += length));
}
