import { jest } from '@jest/globals';
import fc from 'fast-check';
import { ChunkTemplate } from './chunk-template.js';
import { ChatStreamReader, LONGEST_EVENT } from './chat-stream-reader.js';
import type { ModelDelta } from './model-client.js';
import { oneByOne } from './testing/one-by-one.js';

const utf8 = new TextEncoder();
const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'r', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const stop = chunk({}, { finish_reason: 'stop' });

function readAll(pieces: readonly Uint8Array[]): ModelDelta[] {
  const reader = new ChatStreamReader();
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return oneByOne(reader.take());
}

describe('[MODEL-02] ChatStreamReader', () => {
  it('gives the same deltas wherever the bytes are cut, with any line ends', () => {
    const said = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 8 });
    const newline = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(said, newline, fc.array(fc.nat(), { maxLength: 20 }), (texts, end, cuts) => {
        const words = texts.map((text) => chunk({ content: text })).join(': busy\n\n');
        const bytes = utf8.encode(`\uFEFF${words}${stop}data: [DONE]\n\n`.replaceAll('\n', end));
        const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
        expect(readAll(pieces)).toEqual([
          { type: 'response', response_id: 'r' },
          ...texts.map((text) => ({ type: 'text', delta: text.toWellFormed() })),
          { type: 'finish', finish_reason: 'stop' },
        ]);
      }),
    );
  });

  it.each([
    ['one by one', 1],
    ['many at once', 50],
  ])("parses the first of an answer's chunks only, where they come %s", (_, atOnce) => {
    const parse = jest.spyOn(JSON, 'parse');
    const reader = new ChatStreamReader();
    reader.push(utf8.encode(chunk({ role: 'assistant', content: '' })));
    const bytes = utf8.encode(chunk({ content: 'a "b"\n水' }).repeat(atOnce));
    reader.push(bytes);
    const before = oneByOne(reader.take()).length;
    parse.mockClear();
    for (let push = 0; push < 10; push += 1) reader.push(bytes);
    const chunks = parse.mock.calls.filter(([json]) => json.startsWith('{'));
    parse.mockRestore();
    expect([before, oneByOne(reader.take()).length, chunks.length]).toEqual([atOnce + 1, 10 * atOnce, 0]);
  });

  it('parses no more of an answer that comes at once: what is learned is of use at once', () => {
    const parse = jest.spyOn(JSON, 'parse');
    const reader = new ChatStreamReader();
    const [text, thought] = [{ content: 'a' }, { reasoning_content: 'b' }].map((delta) => chunk(delta));
    reader.push(utf8.encode(chunk({ role: 'assistant' }) + thought!.repeat(50) + text!.repeat(50)));
    const chunks = parse.mock.calls.filter(([json]) => json.startsWith('{'));
    parse.mockRestore();
    // The role, and the first of each kind, twice: to read it, and to see whether its text is where it seems to be.
    expect([oneByOne(reader.take()).length, chunks.length]).toEqual([101, 5]);
  });

  it.each(['\n\n\n', '\n\n\n\n', '\n\n\n\n\n'])('reads past blank lines between chunks (%j)', (border) => {
    const said = ['a', 'b', 'c'];
    const bytes = utf8.encode(said.map((content) => chunk({ content }).trim() + border).join(''));
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const reader = new ChatStreamReader();
      reader.push(bytes.subarray(0, cut));
      reader.push(bytes.subarray(cut));
      expect(oneByOne(reader.take()).slice(1)).toEqual(said.map((delta) => ({ type: 'text', delta })));
    }
  });

  it('packs chunks of text that come together, and nothing across what stands between them', () => {
    const reader = new ChatStreamReader();
    const texts = ['a', 'b', ''].map((content) => chunk({ content })).join('');
    reader.push(utf8.encode(texts + chunk({ reasoning_content: 'c' }) + chunk({ refusal: 'd' }) + texts));
    expect(reader.take()).toEqual([
      { type: 'response', response_id: 'r' },
      { type: 'text', delta: 'ab', ends: [1, 2] },
      { type: 'reasoning', delta: 'c' },
      { type: 'refusal', delta: 'd' },
      { type: 'text', delta: 'ab', ends: [1, 2] },
    ]);
    reader.push(utf8.encode(chunk({ content: 'e' })));
    expect(reader.take()).toEqual([{ type: 'text', delta: 'e' }]);
  });

  it('does not try for ever to learn from chunks that differ in more than their text', () => {
    const reader = new ChatStreamReader();
    const learn = jest.spyOn(ChunkTemplate, 'learn');
    for (let time = 0; time < 100; time += 1)
      reader.push(
        utf8.encode(`data: ${JSON.stringify({ time, choices: [{ delta: { content: 'a' } }] })}\n\n`),
      );
    const lessons = learn.mock.calls.length;
    learn.mockRestore();
    expect([oneByOne(reader.take()).length, lessons]).toEqual([100, 16]);
  });

  it('learns from the text that comes after many records of another kind', () => {
    const reader = new ChatStreamReader();
    const call = (args: string) =>
      chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: args } }] });
    reader.push(utf8.encode(`${': busy\n\n'.repeat(50)}${call('a').repeat(50)}`));
    const parse = jest.spyOn(JSON, 'parse');
    reader.push(utf8.encode(chunk({ content: 'a' }).repeat(50)));
    const chunks = parse.mock.calls.filter(([json]) => json.startsWith('{'));
    parse.mockRestore();
    expect(chunks.length).toBe(2);
  });

  it('packs what comes in many parts before it is taken once', () => {
    const reader = new ChatStreamReader();
    for (let at = 0; at < 100; at += 1) reader.push(utf8.encode(chunk({ content: 'ab' })));
    const [, text] = reader.take();
    expect(text).toEqual({
      type: 'text',
      delta: 'ab'.repeat(100),
      ends: Array.from({ length: 100 }, (_, at) => 2 * at + 2),
    });
  });

  it('holds the id back until there is something to say', () => {
    const reader = new ChatStreamReader();
    reader.push(utf8.encode(chunk({ role: 'assistant', content: '' })));
    expect(reader.take()).toEqual([]);
    reader.push(utf8.encode(chunk({ content: 'a' })));
    expect(reader.take()).toEqual([
      { type: 'response', response_id: 'r' },
      { type: 'text', delta: 'a' },
    ]);
  });

  it('says tool_calls where the provider ends a turn of tool calls with stop', () => {
    const call = { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } };
    const deltas = readAll([utf8.encode(chunk({ tool_calls: [call] }) + stop)]);
    expect(deltas.at(-1)).toEqual({ type: 'finish', finish_reason: 'tool_calls' });
  });

  it('keeps the first of two finish reasons', () => {
    const bytes = utf8.encode(chunk({ content: 'a' }, { finish_reason: 'length' }) + stop);
    expect(readAll([bytes]).at(-1)).toEqual({ type: 'finish', finish_reason: 'length' });
  });

  it('ignores what follows [DONE]', () => {
    const bytes = utf8.encode(`${chunk({ content: 'a' })}${stop}data: [DONE]\n\ndata: {\n\n`);
    expect(readAll([bytes, utf8.encode('data: {\n\n')])).toHaveLength(3);
  });

  it.each([
    ['one event of more than 1 MiB in one piece', [`data: "${'x'.repeat(LONGEST_EVENT)}"\n\n`]],
    ['a line that never ends', Array.from({ length: 20 }, () => 'x'.repeat(65_536))],
    ['comments without end', Array.from({ length: 20 }, () => `: ${'x'.repeat(65_536)}\n`)],
    ['an event of many lines', Array.from({ length: 20 }, () => `data: ${'x'.repeat(65_536)}\n`)],
  ])('takes %s for garbage', (_, pieces) => {
    expect(() => readAll(pieces.map((piece) => utf8.encode(piece)))).toThrow(
      expect.objectContaining({ code: 'upstream_garbage' }),
    );
  });

  it('takes a megabyte in small events for what it is', () => {
    const content = 'x'.repeat(1000);
    const deltas = readAll([
      ...Array.from({ length: 2000 }, () => utf8.encode(chunk({ content }))),
      utf8.encode(stop),
    ]);
    expect(deltas).toHaveLength(2002);
  });

  it('takes bytes that hold no event for garbage, and no bytes for a cut', () => {
    expect(() => readAll([utf8.encode('{"ok":true}')])).toThrow(
      expect.objectContaining({ code: 'upstream_garbage' }),
    );
    expect(() => readAll([])).toThrow(expect.objectContaining({ code: 'upstream_cut' }));
  });

  it('takes half an event, or half a character, at the end for a cut', () => {
    const bytes = utf8.encode(chunk({ content: '答' }));
    for (let length = 1; length < bytes.length - 2; length++) {
      const half = [utf8.encode(chunk({ content: 'a' })), bytes.subarray(0, length)];
      expect(() => readAll(half)).toThrow(expect.objectContaining({ code: 'upstream_cut' }));
    }
  });
});
