import { readRun } from '../../../client/src/stream/read-run.js';
import { RunCursor } from '../../../client/src/stream/run-cursor.js';
import { NativeDecoder, NativeEncoder } from '../../../src/protocol/native-codec.js';
import { formatPosition } from '../../../src/protocol/position.js';

const RUN = '01M8AEV2ZE9MPGCFFR498Z2QGQ';
const STEP = { step_id: 's1' };

/** The frames of a run that answers with these deltas, one for each event, as the server sends them. */
export function* framesOf(deltas) {
  const encoder = new NativeEncoder();
  let seq = 0;
  for (const body of eventsOf(deltas)) {
    seq += 1;
    const event = { v: 1, run_id: RUN, epoch: 1, seq, ts: 1_795_647_441_905, ...body };
    yield `id: ${formatPosition(event)}\ndata: ${encoder.encode(event)}\n\n`;
  }
}

function* eventsOf(deltas) {
  yield { type: 'run.created', mode: 'chat', model: 'demo' };
  yield { type: 'run.started', model: 'demo' };
  yield { type: 'step.started', ...STEP, index: 0, attempt: 1, model: 'demo' };
  yield { type: 'message.started', ...STEP, message_id: 'm1', role: 'assistant' };
  yield { type: 'text.started', ...STEP, part_id: 'p1', message_id: 'm1' };
  for (const delta of deltas) yield { type: 'text.delta', ...STEP, part_id: 'p1', delta };
  yield { type: 'text.ended', ...STEP, part_id: 'p1' };
  yield { type: 'message.ended', ...STEP, message_id: 'm1' };
  yield { type: 'run.completed', finish_reason: 'stop' };
}

/** Reads the answer of a server as the UI does, into a model of the run. */
export async function readInto(model, body) {
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  const end = await readRun(response, new RunCursor(), new NativeDecoder(), {
    opened() {},
    bytes() {},
    apply: (events) => model.apply(events),
    replace() {},
  });
  model.flush();
  if (end.kind !== 'terminal') throw new Error(`The run was not read whole: ${end.kind}`);
}
