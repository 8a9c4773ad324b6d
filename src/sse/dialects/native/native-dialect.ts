import { NativeEncoder } from '../../../protocol/native-codec.js';
import { formatPosition } from '../../../protocol/position.js';
import { isDelta, isTerminal, type DeltaEvent, type RunEvent } from '../../../protocol/run-event.js';
import type { RunSnapshot } from '../../../protocol/run-snapshot.js';
import type { Dialect, DialectEncoder, Frame } from '../dialect.js';
import { RecentFrames } from './recent-frames.js';

const RETRY_MS = 3000;

/** Of deltas only: their frame is the same for all readers, and other events are few. */
const recent = new RecentFrames();

/** The seed's frames, made lossless by optional fields (docs/protocol.md): one event is one frame, `[DONE]` is the end. */
export const nativeDialect: Dialect = {
  name: 'native',
  resumable: true,
  holdsHeaders: false,
  encoder: () => new NativeFrames(),
};

class NativeFrames implements DialectEncoder {
  readonly #encoder = new NativeEncoder();

  encode(item: RunEvent | RunSnapshot): Frame[] {
    const encoder = this.#encoder;
    if (item.type !== 'run.snapshot' && isDelta(item)) return [deltaFrame(item, encoder)];
    const frame = frameOf(item, encoder);
    return isTerminal(item) ? [frame, { data: '[DONE]' }] : [frame];
  }
}

function deltaFrame(item: DeltaEvent, encoder: NativeEncoder): Frame {
  const known = recent.find(item);
  if (known) return known;
  const frame = frameOf(item, encoder);
  recent.keep(item, frame);
  return frame;
}

function frameOf(item: RunEvent | RunSnapshot, encoder: NativeEncoder): Frame {
  const seq = item.type === 'run.snapshot' ? item.through_seq : item.seq;
  return {
    id: formatPosition({ run_id: item.run_id, epoch: item.epoch, seq }),
    retry: item.type === 'run.created' ? RETRY_MS : undefined,
    data: encoder.encode(item),
  };
}
