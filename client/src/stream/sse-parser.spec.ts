import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { SseParser, type SseFrame } from './sse-parser.js';

function parse(pieces: readonly string[]): SseFrame[] {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.feed(piece));
}

function reference(text: string): SseFrame[] {
  const frames: SseFrame[] = [];
  createParser({ onEvent: ({ id, data }) => frames.push({ id, data }) }).feed(text);
  return frames;
}

/** Cuts a text at these places. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [0, ...[...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b)];
  return at.map((from, index) => text.slice(from, at[index + 1]));
}

const line = fc.oneof(
  fc.constantFrom('data: {"a":1}', 'data:x', 'data', 'data:  two', 'id: r.1.2', 'id', 'event: e', ': hb', ''),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => `data: ${text}`),
  fc.stringMatching(/^[a-z: ]{0,8}$/),
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
  .map((lines) => lines.flat().join(''));

describe('SseParser', () => {
  it('reads every stream, in whatever pieces, as eventsource-parser does', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), (text, places) => {
        // A CR at the very end may be half of a line end.
        const whole = `${text}:\n`;
        expect(parse(cut(whole, places))).toEqual(reference(whole));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['id: r.1.2\nretry: 3000\ndata: {"x":1}\n\n', [{ id: 'r.1.2', data: '{"x":1}' }]],
    ['data: a\ndata: b\n\n', [{ id: undefined, data: 'a\nb' }]],
    [
      'id: 1\ndata: a\n\ndata: [DONE]\n\n',
      [
        { id: '1', data: 'a' },
        { id: undefined, data: '[DONE]' },
      ],
    ],
    [': hb\n', []],
    ['id: 1\n\ndata: a\n\n', [{ id: undefined, data: 'a' }]],
    ['id: a\0b\ndata: a\n\n', [{ id: undefined, data: 'a' }]],
    ['data: cut off by the end', []],
  ])('reads %j', (text, frames) => {
    expect(parse([text])).toEqual(frames);
    expect(parse([...text])).toEqual(frames);
  });
});
