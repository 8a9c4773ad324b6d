import fc from 'fast-check';
import type { RunEvent, RunEventBody } from '../../../protocol/run-event.js';
import { isDelta } from '../../../protocol/run-event.js';
import type { RunSnapshot } from '../../../protocol/run-snapshot.js';
import { emptyRunState } from '../../../protocol/run-state.js';
import type { LogCursor } from '../run-log.js';

const step_id = 'step';

export const text = (delta: string, part_id = 'text'): RunEventBody => ({
  type: 'text.delta',
  step_id,
  part_id,
  delta,
});

export const warning = (message: string): RunEventBody => ({ type: 'warning', code: 'test', message });

/** Puts bodies into the envelope of a writer that goes on after `after`. */
export function enveloped(runId: string, after: LogCursor, bodies: readonly RunEventBody[]): RunEvent[] {
  return bodies.map((body, index) => {
    const envelope = { v: 1, run_id: runId, epoch: after.epoch, seq: after.seq + 1 + index } as const;
    return isDelta(body) ? { ...envelope, ...body } : { ...envelope, ts: 1_000, ...body };
  });
}

export function snapshotAt(runId: string, at: LogCursor): RunSnapshot {
  const state = { ...emptyRunState(runId), seq: at.seq };
  return {
    type: 'run.snapshot',
    v: 1,
    run_id: runId,
    epoch: at.epoch,
    through_seq: at.seq,
    reason: 'trimmed',
    state,
  };
}

/** Text with what is hard: halves of surrogate pairs, line ends, NUL, and the empty delta. */
const piece = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '中', '\ud83d', '\ude00', '\n', '\0', '"') });
/** Now and then as long as segments and merged deltas are, so that their borders are met. */
const longPiece = fc.integer({ min: 1_000, max: 20_000 }).map((length) => 'long '.repeat(length / 5));
const deltaText = fc.oneof({ weight: 12, arbitrary: piece }, { weight: 1, arbitrary: longPiece });

const place = fc.record(
  { step_id: fc.constantFrom('s1', 's2'), node_run_id: fc.constantFrom('n1', 'n2') },
  { requiredKeys: ['step_id'] },
);
const partId = fc.constantFrom('p1', 'p2');
const callId = fc.constantFrom('c1', 'c2');

/** Few ids, so that adjacent deltas of one part are common and those that only look alike are too. */
const deltaBody: fc.Arbitrary<RunEventBody> = fc.oneof(
  fc
    .tuple(place, partId, deltaText)
    .map(([at, part_id, delta]): RunEventBody => ({ type: 'text.delta', ...at, part_id, delta })),
  fc
    .tuple(place, partId, deltaText)
    .map(([at, part_id, delta]): RunEventBody => ({ type: 'reasoning.delta', ...at, part_id, delta })),
  fc
    .tuple(place, deltaText)
    .map(([at, delta]): RunEventBody => ({ type: 'refusal.delta', ...at, message_id: 'm1', delta })),
  fc
    .tuple(place, callId, fc.nat({ max: 1 }), deltaText)
    .map(([at, tool_call_id, index, delta]): RunEventBody => ({
      type: 'tool_call.args.delta',
      ...at,
      tool_call_id,
      index,
      delta,
    })),
);

const otherBody: fc.Arbitrary<RunEventBody> = fc.oneof(
  fc.constant<RunEventBody>({ type: 'run.started', model: 'm' }),
  fc.constantFrom('one', '').map((message): RunEventBody => ({ type: 'warning', code: 'test', message })),
  fc.tuple(place, partId).map(([at, part_id]): RunEventBody => ({ type: 'text.ended', ...at, part_id })),
  fc
    .tuple(place, partId)
    .map(([at, part_id]): RunEventBody => ({ type: 'text.started', ...at, part_id, message_id: 'm1' })),
  fc
    .tuple(place, partId)
    .map(([at, part_id]): RunEventBody => ({ type: 'reasoning.started', ...at, part_id, message_id: 'm1' })),
  fc.tuple(place, callId, fc.nat({ max: 1 })).map(([at, tool_call_id, index]): RunEventBody => ({
    type: 'tool_call.started',
    ...at,
    tool_call_id,
    message_id: 'm1',
    name: 'server__tool',
    index,
    executor: 'server',
  })),
  fc
    .tuple(place, callId, fc.jsonValue({ noUnicodeString: false }))
    .map(([at, tool_call_id, output]): RunEventBody => ({
      type: 'tool_result',
      ...at,
      tool_call_id,
      result_message_id: 'r1',
      status: 'ok',
      content: 'done',
      output: jsonOf(output),
      duration_ms: 1,
    })),
  place.map((at): RunEventBody => ({ type: 'step.reset', ...at, reason: 'retry' })),
);

/** Several deltas in a row of the very same part, as an answer has them. */
const stretch = fc
  .tuple(deltaBody, fc.array(deltaText, { minLength: 1, maxLength: 12 }))
  .map(([body, pieces]) => pieces.map((delta) => ({ ...body, delta }) as RunEventBody));

/** Up to about 30 events without their envelope. */
export const bodies: fc.Arbitrary<RunEventBody[]> = fc
  .array(
    fc.oneof(
      stretch,
      stretch,
      fc.array(deltaBody, { maxLength: 3 }),
      otherBody.map((body) => [body]),
    ),
    {
      maxLength: 8,
    },
  )
  .map((groups) => groups.flat());

/** JSON has one zero, and no prototypes. */
function jsonOf(value: unknown) {
  return JSON.parse(JSON.stringify(value)) as null;
}
