import fc from 'fast-check';
import type { RunEvent } from '../../src/protocol/run-event.js';
import { arbitraryRun } from '../../src/protocol/run.arbitrary.js';
import type { LogCursor, RunLog } from '../../src/run/log/run-log.js';
import type { Dialect, Frame } from '../../src/sse/dialects/dialect.js';
import { FrameReader } from '../../src/sse/frame-reader.js';
import { writeFrame } from '../../src/sse/framer.js';
import { holdRun, readerOf, unmerged } from './held-run.js';
import { recordedRuns } from './recorded-runs.js';

export interface DialectUnderTest {
  dialect: Dialect;
  /** What a client has read when it has read these frames; it must not depend on how a text was cut into deltas. */
  fold: (frames: readonly Frame[]) => unknown;
}

/**
 * The two properties of every dialect (design §6), over real and arbitrary logs and for every cut k between two events: without
 * merging, what was sent up to k and the resumed rest are the whole, byte for byte; with merging, they fold to the same.
 */
export function itIsAFold({ dialect, fold }: DialectUnderTest, { numRuns = 30 } = {}): void {
  const holds = async (events: readonly RunEvent[]) => {
    const log = await holdRun(events);
    const runId = events[0]!.run_id;
    const whole = await readAll(dialect, unmerged(log), runId);
    const folded = fold(whole);
    expect(fold(await readAll(dialect, log, runId))).toEqual(folded);
    const encoder = dialect.encoder();
    const sent: Frame[] = [];
    for (const event of events.slice(0, -1)) {
      sent.push(...encoder.encode(event));
      const after = { epoch: event.epoch, seq: event.seq };
      const rest = await readAll(dialect, unmerged(log), runId, after);
      expect(bytes([...sent, ...rest])).toBe(bytes(whole));
      expect(fold([...sent, ...(await readAll(dialect, log, runId, after))])).toEqual(folded);
    }
  };

  test.each(recordedRuns())('[SSE-11] the recorded run "%s" can be cut anywhere', (_name, events) =>
    holds(events),
  );
  test('[SSE-11] any run can be cut anywhere', () =>
    fc.assert(fc.asyncProperty(arbitraryRun, holds), { numRuns }));
}

export async function readAll(
  dialect: Dialect,
  log: RunLog,
  runId: string,
  after: LogCursor | null | 'invalid' = null,
): Promise<Frame[]> {
  const reader = new FrameReader(readerOf(log, runId, { after }), dialect);
  const frames: Frame[] = [];
  while (!reader.ended) frames.push(...(await reader.read()));
  return frames;
}

export const bytes = (frames: readonly Frame[]): string => frames.map(writeFrame).join('');
