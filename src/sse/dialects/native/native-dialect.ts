import { NativeEncoder } from '../../../protocol/native-codec.js';
import { formatPosition } from '../../../protocol/position.js';
import { isDelta, isTerminal, type RunEvent } from '../../../protocol/run-event.js';
import type { RunSnapshot } from '../../../protocol/run-snapshot.js';
import type { Dialect, Frame } from '../dialect.js';

const RETRY_MS = 3000;

/**
 * The frames of deltas: readers at the head of a log get the same event objects, and a delta's frame is the same for all of them.
 * Other events stay in the log for long, and are not worth keeping twice.
 */
const deltaFrames = new WeakMap<RunEvent | RunSnapshot, Frame>();

/** The seed's frames, made lossless by optional fields (docs/protocol.md): one event is one frame, `[DONE]` is the end. */
export const nativeDialect: Dialect = {
  name: 'native',
  resumable: true,
  holdsHeaders: false,
  encoder() {
    const encoder = new NativeEncoder();
    return {
      encode(item) {
        const known = deltaFrames.get(item);
        if (known) return [known];
        const frame = frameOf(item, encoder);
        if (item.type !== 'run.snapshot' && isDelta(item)) deltaFrames.set(item, frame);
        return isTerminal(item) ? [frame, { data: '[DONE]' }] : [frame];
      },
    };
  },
};

function frameOf(item: RunEvent | RunSnapshot, encoder: NativeEncoder): Frame {
  const seq = item.type === 'run.snapshot' ? item.through_seq : item.seq;
  return {
    id: formatPosition({ run_id: item.run_id, epoch: item.epoch, seq }),
    ...(item.type === 'run.created' && { retry: RETRY_MS }),
    data: encoder.encode(item),
  };
}
