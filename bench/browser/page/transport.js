import { cutIntoPieces, generateAnswer } from '../../../client/src/markdown/testing/generator.js';
import { FrameScheduler } from '../../../client/src/state/frame-scheduler.js';
import { RunModel } from '../../../client/src/state/run-model.js';
import { framesOf, readInto } from './run-frames.js';

const FRAMES_A_READ = 4;
let reads;
let count;

globalThis.bench = {
  /** Makes the bytes of a run of so many deltas. */
  prepare(deltas) {
    let text = '';
    for (let seed = 1; text.length < deltas * 8; seed += 1) text += `${generateAnswer(seed, 'en')}\n\n`;
    const frames = [...framesOf(cutIntoPieces(text, 7, 7).slice(0, deltas))];
    const bytes = new TextEncoder();
    reads = [];
    for (let at = 0; at < frames.length; at += FRAMES_A_READ)
      reads.push(bytes.encode(frames.slice(at, at + FRAMES_A_READ).join('')));
    count = frames.length;
  },
  /** Reads them as the UI does, up to signals that nothing shows. @returns how many events there were */
  async run() {
    const body = new ReadableStream({
      pull(controller) {
        const next = reads.shift();
        if (next) controller.enqueue(next);
        else controller.close();
      },
    });
    await readInto(new RunModel(new FrameScheduler()), body);
    return count;
  },
};
