import { isDeepStrictEqual } from 'node:util';
import type { DeltaEvent, RunEvent } from '../../../protocol/run-event.js';
import { isDelta } from '../../../protocol/run-event.js';
import type { LogCursor, LogRead, ReadOptions, RunLog } from '../run-log.js';
import { MERGED_TEXT_LIMIT } from '../run-log.js';

type EventsRead = Extract<LogRead, { kind: 'events' }>;

/** Reads once, and fails on a gap. */
export async function readEvents(
  log: RunLog,
  runId: string,
  after: LogCursor | null,
  options?: ReadOptions,
): Promise<EventsRead> {
  const read = await log.read(runId, after, options);
  if (read.kind === 'gap') throw new Error(`gap: ${read.reason}`);
  return read;
}

/** Reads page by page until there is nothing more. */
export async function readToHead(
  log: RunLog,
  runId: string,
  after: LogCursor | null,
  options?: ReadOptions,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (let cursor = after; ;) {
    const page = await readEvents(log, runId, cursor, options);
    if (page.events.length === 0) return events;
    expect(page.events.length).toBeLessThanOrEqual(options?.limit ?? Infinity);
    expect(page.cursor).toEqual({ epoch: page.events.at(-1)!.epoch, seq: page.events.at(-1)!.seq });
    events.push(...page.events);
    cursor = page.cursor;
  }
}

/** Follows a log as a response does: watches first, reads until there is nothing, waits for news, until `lastSeq` was seen. */
export async function follow(
  log: RunLog,
  runId: string,
  after: LogCursor | null,
  lastSeq: number,
  options?: ReadOptions,
): Promise<RunEvent[]> {
  const seen: RunEvent[] = [];
  let news = false;
  let wake = () => {};
  const stop = log.watch(runId, () => {
    news = true;
    wake();
  });
  try {
    for (let cursor = after; (cursor?.seq ?? 0) < lastSeq;) {
      news = false;
      const page = await readEvents(log, runId, cursor, options);
      seen.push(...page.events);
      if (page.events.length > 0) cursor = page.cursor;
      else if (!news) await new Promise<void>((resolve) => (wake = resolve));
    }
    return seen;
  } finally {
    stop();
  }
}

/** Checks that a merged reading stands for exactly these events, and keeps the rules of merging. */
export function expectMerged(merged: readonly RunEvent[], plain: readonly RunEvent[]): void {
  let at = 0;
  for (const event of merged) {
    const from = isDelta(event) ? (event.from_seq ?? event.seq) : event.seq;
    const covered = plain.slice(at, at + event.seq - from + 1);
    at += covered.length;
    expect([covered[0]?.seq, covered.at(-1)?.seq]).toEqual([from, event.seq]);
    if (covered.length === 1) expect(event).toStrictEqual(covered[0]);
    else expectMergedDelta(event as DeltaEvent, covered as DeltaEvent[]);
  }
  expect(at).toBe(plain.length);
}

function expectMergedDelta(event: DeltaEvent, covered: readonly DeltaEvent[]): void {
  // One comparison a delta by `expect` would take most of the suite's time.
  const stranger = covered.find((one) => !isDeepStrictEqual(partOf(one), partOf(event)));
  expect(stranger).toBeUndefined();
  expect(event.delta).toBe(covered.map((one) => one.delta).join(''));
  expect(event.delta.length).toBeLessThanOrEqual(MERGED_TEXT_LIMIT);
}

/** Checks that in one read neighbours of one part stay apart only where together they would be too long. */
export function expectNoneLeft(merged: readonly RunEvent[]): void {
  for (const [index, event] of merged.entries()) {
    const next = merged[index + 1];
    if (!next || !isDelta(event) || !isDelta(next)) continue;
    if (!isDeepStrictEqual(partOf(event), partOf(next))) continue;
    expect(event.delta.length + next.delta.length).toBeGreaterThan(MERGED_TEXT_LIMIT / 2);
  }
}

/** Everything of a delta but what merging changes. */
function partOf({ seq: _seq, from_seq: _from, delta: _delta, ...rest }: DeltaEvent) {
  return rest;
}
