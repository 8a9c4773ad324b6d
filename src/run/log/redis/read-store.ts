import { judgeCursor } from '../judge-cursor.js';
import type { LogCursor, LogRead } from '../run-log.js';
import type { RedisLogStore } from './redis-log-store.js';
import { RowCollector } from './row-collector.js';

/** The first page suits a reader near the head; one that is behind gets longer ones. */
const FIRST_PAGE_ROWS = 64;
const LONGEST_PAGE_ROWS = 4096;

/** Reads from Redis, in pages, as `RunLog.read` says. Rejects as the store does. */
export async function readStore(
  store: RedisLogStore,
  runId: string,
  after: LogCursor | null,
  limit: number,
  merge: boolean,
): Promise<LogRead> {
  const rowsOf = (rows: number) => (merge ? rows : Math.min(rows, limit));
  const first = await store.read(runId, after?.seq ?? 0, rowsOf(FIRST_PAGE_ROWS));
  if (!first) return { kind: 'gap', reason: 'unknown' };
  const begin = after ?? { epoch: first.epochs.at(-1)!.epoch, seq: 0 };
  const reason = judgeCursor(begin, first);
  if (reason) return { kind: 'gap', reason };

  const collector = new RowCollector({ runId, after: begin, limit, merge });
  collector.add(first.rows, first.epochs);
  // The entries went and the rest stayed, as they do where Redis may evict keys.
  if (collector.cursor === begin && begin.seq < first.lastSeq) return { kind: 'gap', reason: 'lost' };

  let { lastSeq, closed } = first;
  for (let rows = FIRST_PAGE_ROWS; collector.cursor.seq < lastSeq && !collector.full;) {
    rows = Math.min(rows * 4, LONGEST_PAGE_ROWS);
    const { cursor } = collector;
    const page = await store.read(runId, cursor.seq, rowsOf(rows));
    // A log that has changed between two pages is left at the first of them; the next read is told.
    if (!page || judgeCursor(cursor, page)) break;
    collector.add(page.rows, page.epochs);
    if (collector.cursor === cursor) break;
    ({ lastSeq, closed } = page);
  }
  return { kind: 'events', events: collector.finish(), cursor: collector.cursor, closed };
}
