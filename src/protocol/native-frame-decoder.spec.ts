import fc from 'fast-check';
import { DONE, NativeDecoder, NativeEncoder, decodeFrame } from './native-codec.js';
import { formatPosition } from './position.js';
import { arbitraryRun } from './run-event.arbitrary.js';

describe('decodeFrame', () => {
  it('decodes what our server sends as NativeDecoder does', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        const encoder = new NativeEncoder();
        const decoder = new NativeDecoder();
        for (const event of run) {
          const frame = { id: formatPosition(event), data: encoder.encode(event) };
          expect(decodeFrame(frame)).toEqual(decoder.decode(frame));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('knows the end', () => expect(decodeFrame({ data: DONE })).toEqual({ events: [], done: true }));

  it.each([
    ['of a server without positions', { data: '{"choices":[{"delta":{"content":"a"}}]}' }],
    ['with an id that is none of ours', { id: '17', data: '{}' }],
  ])('calls a frame %s malformed', (_name, frame) => {
    expect(decodeFrame(frame)).toEqual({ events: [], done: false, fault: 'malformed' });
  });

  it('says the place of a frame that is broken', () => {
    const { skipped, fault } = decodeFrame({ id: 'r.1.7', data: '{' });
    expect([skipped, fault]).toEqual([{ run_id: 'r', epoch: 1, seq: 7 }, 'malformed']);
  });
});
