import { NativeDecoder, NativeEncoder } from '../../../src/protocol/native-codec.js';
import { formatPosition } from '../../../src/protocol/position.js';
import { cutIntoPieces, generateAnswer } from '../../../client/src/markdown/testing/generator.js';
import { FrameScheduler } from '../../../client/src/state/frame-scheduler.js';
import { RunModel } from '../../../client/src/state/run-model.js';
import { readRun } from '../../../client/src/stream/read-run.js';
import { RunCursor } from '../../../client/src/stream/run-cursor.js';

const RUN = '01M8AEV2ZE9MPGCFFR498Z2QGQ';
const FRAMES_A_READ = 4;
let reads;
let count;

globalThis.bench = {
  /** Makes the bytes of a run of so many deltas. */
  prepare(deltas) {
    let text = '';
    for (let seed = 1; text.length < deltas * 8; seed += 1) text += `${generateAnswer(seed, 'en')}\n\n`;
    const step = { step_id: 's1' };
    const bodies = [
      { type: 'run.created', mode: 'chat', model: 'demo' },
      { type: 'run.started', model: 'demo' },
      { type: 'step.started', ...step, index: 0, attempt: 1, model: 'demo' },
      { type: 'message.started', ...step, message_id: 'm1', role: 'assistant' },
      { type: 'text.started', ...step, part_id: 'p1', message_id: 'm1' },
      ...cutIntoPieces(text, 7, 7)
        .slice(0, deltas)
        .map((delta) => ({ type: 'text.delta', ...step, part_id: 'p1', delta })),
      { type: 'text.ended', ...step, part_id: 'p1' },
      { type: 'message.ended', ...step, message_id: 'm1' },
      { type: 'run.completed', finish_reason: 'stop' },
    ];
    const encoder = new NativeEncoder();
    const frames = bodies.map((body, index) => {
      const event = { v: 1, run_id: RUN, epoch: 1, seq: index + 1, ts: 1_795_647_441_905, ...body };
      return `id: ${formatPosition(event)}\ndata: ${encoder.encode(event)}\n\n`;
    });
    const bytes = new TextEncoder();
    reads = [];
    for (let at = 0; at < frames.length; at += FRAMES_A_READ)
      reads.push(bytes.encode(frames.slice(at, at + FRAMES_A_READ).join('')));
    count = bodies.length;
  },
  /** Reads them as the UI does, up to signals that nothing shows. @returns how many events there were */
  async run() {
    const model = new RunModel(new FrameScheduler());
    const body = new ReadableStream({
      pull(controller) {
        const next = reads.shift();
        if (next) controller.enqueue(next);
        else controller.close();
      },
    });
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    const end = await readRun(response, new RunCursor(), new NativeDecoder(), {
      opened() {},
      bytes() {},
      apply: (events) => model.apply(events),
      replace() {},
    });
    model.flush();
    if (end.kind !== 'terminal') throw new Error(`The run was not read whole: ${end.kind}`);
    return count;
  },
};
