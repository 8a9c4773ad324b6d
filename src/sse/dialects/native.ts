import { NativeEncoder } from '../../protocol/native-codec.js';
import { formatPosition } from '../../protocol/position.js';
import { isTerminal } from '../../protocol/run-event.js';
import type { Dialect, Frame } from './dialect.js';

const RETRY_MS = 3000;

/** The seed's frames, made lossless by optional fields (docs/protocol.md): one event is one frame, `[DONE]` is the end. */
export const nativeDialect: Dialect = {
  name: 'native',
  encoder() {
    const encoder = new NativeEncoder();
    return {
      encode(item) {
        const seq = item.type === 'run.snapshot' ? item.through_seq : item.seq;
        const frame: Frame = {
          id: formatPosition({ run_id: item.run_id, epoch: item.epoch, seq }),
          ...(item.type === 'run.created' && { retry: RETRY_MS }),
          data: encoder.encode(item),
        };
        return isTerminal(item) ? [frame, { data: '[DONE]' }] : [frame];
      },
    };
  },
};
