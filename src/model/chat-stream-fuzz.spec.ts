import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { MillraceError } from '../protocol/error-code.js';
import { ChatStreamReader } from './chat-stream-reader.js';
import type { ModelDelta } from './model-client.js';
import { parseChunk } from './parse-chunk.js';
import { ToolCallFragments } from './tool-call-fragments.js';

/** What is read of a stream: all that was said, kind by kind, and the error it ended with. */
interface Reading {
  said: { kind: string; text: string }[];
  error: string | undefined;
}

/** The plain way: all bytes decoded, all records parsed as JSON. */
function readPlainly(bytes: Uint8Array): Reading {
  const deltas: ModelDelta[] = [];
  const calls = new ToolCallFragments();
  const parser = createParser({
    onEvent: ({ data, event }) => {
      if (data.trim() !== '[DONE]') deltas.push(...parseChunk(data, { calls }, event).deltas);
    },
  });
  return reading(deltas, () => {
    try {
      parser.feed(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (error) {
      throw error instanceof MillraceError ? error : new MillraceError('upstream_garbage');
    }
  });
}

function readFast(bytes: Uint8Array, cuts: readonly number[]): Reading {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const deltas: ModelDelta[] = [];
  const reader = new ChatStreamReader();
  return reading(deltas, () => {
    for (const [index, from] of [0, ...places].entries()) {
      try {
        reader.push(bytes.slice(from, places[index] ?? bytes.length));
      } finally {
        deltas.push(...reader.take());
      }
    }
  });
}

function reading(deltas: ModelDelta[], read: () => void): Reading {
  let error: string | undefined;
  try {
    read();
  } catch (thrown) {
    error = (thrown as MillraceError).code;
  }
  const said: Reading['said'] = [];
  for (const delta of deltas) {
    if (delta.type === 'response') continue;
    const [kind, text] =
      delta.type === 'tool_call'
        ? [`tool_call ${delta.index} ${delta.id ?? ''} ${delta.name ?? ''}`, delta.args]
        : [delta.type, 'delta' in delta ? delta.delta : ''];
    const last = said.at(-1);
    if (last && (last.kind === kind || (delta.type === 'tool_call' && isContinued(last.kind, delta))))
      last.text += text;
    else said.push({ kind, text });
  }
  return { said, error };
}

function isContinued(kind: string, delta: Extract<ModelDelta, { type: 'tool_call' }>): boolean {
  return delta.id === undefined && delta.name === undefined && kind.startsWith(`tool_call ${delta.index} `);
}

const text = fc.string({
  unit: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('a', 'the ', '水', '😀', '"', '\\', '\n', '/', '\u2028') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom('\ud83d', '\ude00', '\u0000', '"content":"', '\n\n') },
  ),
  maxLength: 6,
});

/** JSON in different spellings: as it is written mostly, with all text escaped, with spaces. */
const spelling = fc.oneof(
  { weight: 6, arbitrary: fc.constant((value: unknown) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.constant((value: unknown) =>
      JSON.stringify(value).replace(
        /[\u0080-\uffff]/g,
        (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant((value: unknown) => JSON.stringify(value, null, ' ').replaceAll('\n', ' ')),
  },
);

const delta = fc.oneof(
  { weight: 12, arbitrary: text.map((content) => ({ content })) },
  { weight: 4, arbitrary: text.map((reasoning_content) => ({ content: null, reasoning_content })) },
  { weight: 1, arbitrary: text.map((content) => ({ role: 'assistant', content })) },
  { weight: 1, arbitrary: fc.record({ content: text, reasoning_content: text }) },
  { weight: 1, arbitrary: text.map((refusal) => ({ refusal })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ index: fc.nat(1), id: fc.option(fc.constant('c'), { nil: undefined }), args: text })
      .map(({ index, id, args }) => ({
        tool_calls: [{ index, id, function: { name: id && 'f', arguments: args } }],
      })),
  },
);

const chunk = fc.oneof(
  { weight: 12, arbitrary: delta.map((one) => ({ id: 'r', choices: [{ index: 0, delta: one }] })) },
  {
    weight: 4,
    arbitrary: fc.tuple(delta, fc.stringMatching(/^[a-zA-Z0-9]{0,8}$/)).map(([one, obfuscation]) => ({
      id: 'r',
      choices: [{ index: 0, delta: one }],
      usage: null,
      obfuscation,
    })),
  },
  { weight: 1, arbitrary: delta.map((one) => ({ choices: [{ delta: one, index: 0 }], id: 'r' })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(delta, fc.jsonValue())
      .map(([one, more]) => ({ id: 'r', choices: [{ index: 0, delta: one, more }] })),
  },
  { weight: 1, arbitrary: delta.map((one) => ({ id: 'r', choices: [{ index: 1, delta: one }] })) },
);

const record = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(chunk, spelling).map(([one, spell]) => `data: ${spell(one)}\n\n`) },
  { weight: 1, arbitrary: fc.constantFrom(': busy\n\n', 'event: x\n', 'id: 7\n', '\n', 'data:\n') },
);
const stream = fc.array(record, { maxLength: 40 }).map((records) => records.join(''));
const cuts = fc.array(fc.nat(20_000), { maxLength: 30 });

describe('[MODEL-02] reading a chat stream fast', () => {
  it('gives what parsing every record gives, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(stream, cuts, (records, places) => {
        const bytes = Buffer.from(records);
        expect(readFast(bytes, places)).toEqual(readPlainly(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('says the same of bytes that were damaged on the way', () => {
    const damage = fc.array(
      fc.record({ at: fc.nat(20_000), byte: fc.oneof(fc.nat(255), fc.constantFrom(0x22, 0x5c, 0x0a)) }),
      {
        minLength: 1,
        maxLength: 2,
      },
    );
    fc.assert(
      fc.property(stream, cuts, damage, (records, places, faults) => {
        const damaged = Buffer.from(`${records}: \n`);
        for (const { at, byte } of faults) damaged[at % damaged.length] = byte;
        // What is not ended yet is not judged yet.
        const bytes = Buffer.concat([damaged, Buffer.from('\n\n')]);
        const plain = readPlainly(bytes);
        const fast = readFast(bytes, places);
        expect(fast.error).toBe(plain.error);
        if (plain.error === undefined) expect(fast.said).toEqual(plain.said);
      }),
      { numRuns: 500 },
    );
  });
});
