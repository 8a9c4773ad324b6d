import { MemoryRunLog } from '../../src/run/log/memory-run-log.js';
import type { LogCursor, RunLog, RunLogWriter } from '../../src/run/log/run-log.js';
import type { RunEvent } from '../../src/protocol/run-event.js';
import { isTerminal } from '../../src/protocol/run-event.js';
import { RunReader } from '../../src/run/run-reader.js';
import { snapshotFromLog } from '../../src/run/snapshot.js';

/** A log that holds these events of one run, as their writers (one an epoch) appended them; closed if the last is terminal. */
export async function holdRun(events: readonly RunEvent[]): Promise<MemoryRunLog> {
  const log = new MemoryRunLog({ retentionSeconds: 3600 });
  let writer: RunLogWriter | undefined;
  for (const event of events) {
    if (writer?.epoch !== event.epoch)
      writer = await log.open(event.run_id, { epoch: event.epoch - 1, seq: event.seq - 1 });
    await writer.append([event]);
  }
  const last = events.at(-1);
  if (last && isTerminal(last)) await writer?.close();
  return log;
}

/** The same log, read without merging. */
export function unmerged(log: RunLog): RunLog {
  return {
    open: (runId, after) => log.open(runId, after),
    read: (runId, after, options) => log.read(runId, after, { ...options, merge: false }),
    head: (runId) => log.head(runId),
    watch: (runId, advanced) => log.watch(runId, advanced),
    trim: (runId, snapshot) => log.trim(runId, snapshot),
    base: (runId) => log.base(runId),
    drop: (runId) => log.drop(runId),
  };
}

/** From now on, counts who watches the log. */
export function countWatchers(log: RunLog): () => number {
  let watchers = 0;
  const watch = log.watch.bind(log);
  log.watch = (runId, advanced) => {
    watchers += 1;
    const end = watch(runId, advanced);
    return () => {
      watchers -= 1;
      end();
    };
  };
  return () => watchers;
}

export interface ReaderOf {
  after?: LogCursor | null | 'invalid';
  conversationId?: string;
  onClose?: () => void;
}

/** A reader of a run as the run service makes it. */
export function readerOf(
  log: RunLog,
  runId: string,
  { after = null, conversationId, onClose = () => undefined }: ReaderOf = {},
): RunReader {
  return new RunReader({
    runId,
    conversationId,
    log,
    after,
    recover: async (reason) => {
      const recovery = await snapshotFromLog(log, runId, reason);
      if (!recovery) throw new Error(`there is no log of ${runId}`);
      return recovery;
    },
    onClose,
  });
}
