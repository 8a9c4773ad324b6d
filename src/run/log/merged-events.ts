import type { DeltaEvent, RunEvent } from '../../protocol/run-event.js';
import { isDelta } from '../../protocol/run-event.js';
import { MERGED_TEXT_LIMIT, type AppendedEvent } from './run-log.js';
import { sameStretch } from './same-stretch.js';
import { placeOf } from './unpacked.js';

interface Stretch {
  template: DeltaEvent;
  fromSeq: number;
  seq: number;
  pieces: string[];
  length: number;
}

/** The same events, adjacent deltas of one part as one. */
export function merged(events: readonly AppendedEvent[]): RunEvent[] {
  const all = new MergedEvents(Infinity);
  for (const event of events) all.add(event);
  return all.finish();
}

/** Collects events for one read, and makes one delta of adjacent deltas of one part. */
export class MergedEvents {
  private readonly events: RunEvent[] = [];
  private stretch: Stretch | null = null;

  constructor(private readonly limit: number) {}

  /** Takes the next event; false when it would be one more than the limit. */
  add(event: AppendedEvent): boolean {
    if (isDelta(event))
      return this.addText(placeOf(event), event.from_seq ?? event.seq, event.seq, event.delta);
    if (this.full) return false;
    this.flush();
    this.events.push(event);
    return true;
  }

  /** Takes the text of the deltas `fromSeq` up to `seq`; false when it would be one event more than the limit. */
  addText(template: DeltaEvent, fromSeq: number, seq: number, text: string): boolean {
    const stretch = this.stretch;
    if (
      stretch &&
      sameStretch(stretch.template, template) &&
      stretch.length + text.length <= MERGED_TEXT_LIMIT
    ) {
      stretch.seq = seq;
      stretch.pieces.push(text);
      stretch.length += text.length;
      return true;
    }
    if (this.full) return false;
    this.flush();
    this.stretch = { template, fromSeq, seq, pieces: [text], length: text.length };
    return true;
  }

  /** How much more text of this part fits into the delta that is being made, or into a new one. */
  room(template: DeltaEvent): number {
    const stretch = this.stretch;
    const length = stretch && sameStretch(stretch.template, template) ? stretch.length : 0;
    return length < MERGED_TEXT_LIMIT ? MERGED_TEXT_LIMIT - length : MERGED_TEXT_LIMIT;
  }

  /** Ends the reading. */
  finish(): RunEvent[] {
    this.flush();
    return this.events;
  }

  private get full(): boolean {
    return this.events.length + (this.stretch ? 1 : 0) >= this.limit;
  }

  private flush(): void {
    if (!this.stretch) return;
    const { template, fromSeq, seq, pieces } = this.stretch;
    const delta = pieces.length === 1 ? pieces[0]! : pieces.join('');
    this.events.push(
      fromSeq === seq ? { ...template, seq, delta } : { ...template, from_seq: fromSeq, seq, delta },
    );
    this.stretch = null;
  }
}
