import { piecesOf } from '../protocol/packed.js';
import { ChunkTemplate, type PlainText } from './chunk-template.js';
import { parseChunk } from './parse-chunk.js';
import { ToolCallFragments } from './tool-call-fragments.js';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');
const recordOf = (chunk: object) => latin1(`data: ${JSON.stringify(chunk)}\n\n`);
const choices = (delta: object) => [{ index: 0, delta, finish_reason: null }];
const text = (content: string) => recordOf({ id: 'r', model: '模型', choices: choices({ content }) });

function plainText(data: string): PlainText | null {
  const [delta] = parseChunk(data, { calls: new ToolCallFragments() }).deltas;
  return delta?.type === 'text' || delta?.type === 'reasoning' ? delta : null;
}
const learn = (record: string) => ChunkTemplate.learn(record, plainText);

function read(template: ChunkTemplate, records: string, at = 0) {
  const stretch = template.stretch(records, at);
  return stretch && { texts: piecesOf(stretch), records: stretch.records, end: stretch.end };
}

describe('[MODEL-02] ChunkTemplate', () => {
  const template = learn(text('one'))!;

  it('reads the records that differ in nothing but their text, up to the first other one', () => {
    const same = ['a', '', 'she said \\ "no"', '水流\n', '🌊', '\ud83d', '\ude00'];
    const records = `${same.map(text).join('')}: busy\n\n${text('later')}`;
    expect(read(template, records)).toEqual({
      texts: same.filter((one) => one !== ''),
      records: same.length,
      end: records.indexOf(': busy'),
    });
    expect(template.stretch(records, records.indexOf(': busy'))).toBeNull();
    expect(read(template, records, records.indexOf(': busy') + 8)).toEqual({
      texts: ['later'],
      records: 1,
      end: records.length,
    });
  });

  it('leaves every other record to the parser', () => {
    for (const other of [
      recordOf({ id: 'r', model: '模型', choices: choices({ content: 'a', reasoning_content: 'b' }) }),
      recordOf({ id: 'r', model: '模型', choices: choices({ content: 'a' }), usage: {} }),
      recordOf({ id: 'other', model: '模型', choices: choices({ content: 'a' }) }),
      recordOf({ model: '模型', id: 'r', choices: choices({ content: 'a' }) }),
      text('a').slice(0, -1),
      text('a').replace('"a"', '"a\\"'),
      text('a').replace('"a"', '"\\x"'),
      text('a').replace('"a"', '"\xff"'),
      text('a').replace('"a"', '"a\n"'),
      'data: [DONE]\n\n',
      '',
    ])
      expect(template.stretch(other, 0)).toBeNull();
  });

  it('learns reasoning, also where the text is there and empty', () => {
    const thought = (reasoning_content: string) =>
      recordOf({ choices: choices({ content: '', reasoning_content }) });
    const reasoning = learn(thought('hm'))!;
    expect(reasoning.type).toBe('reasoning');
    expect(read(reasoning, thought('so') + thought(' it is'))?.texts).toEqual(['so', ' it is']);
  });

  it('passes over the padding of OpenAI', () => {
    const padded = (content: string, obfuscation: string) =>
      recordOf({ id: 'r', choices: choices({ content }), usage: null, obfuscation });
    const records = padded('a', 'x1') + padded('b', '') + padded('c', 'Zk+9');
    expect(read(learn(padded('first', 'Ab3'))!, records)).toEqual({
      texts: ['a', 'b', 'c'],
      records: 3,
      end: records.length,
    });
    expect(learn(padded('first', 'Ab3'))!.stretch(padded('a', 'x').replace('"x"', '"\\x"'), 0)).toBeNull();
  });

  it('learns from nothing that is not one line with one piece of text', () => {
    for (const record of [
      recordOf({ choices: choices({ role: 'assistant' }) }),
      recordOf({ content: 'a', choices: choices({ tool_calls: [] }) }),
      recordOf({ choices: choices({ content: 'a', refusal: 'b' }), content: 'c' }),
      recordOf({ choices: [{ index: 1, delta: { content: 'a' } }] }),
      `event: x\n${text('a')}`,
      text('a').replace(',"model"', ',\ndata: "model"'),
      ': busy\n\n',
      'data: [DONE]\n\n',
    ])
      expect(learn(record)).toBeNull();
  });
});
