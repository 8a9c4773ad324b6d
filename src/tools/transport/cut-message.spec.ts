import fc from 'fast-check';
import { closeJson, completeCutMessage, responseId } from './cut-message.js';

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));

describe('closeJson', () => {
  it('makes JSON of any beginning of JSON', () => {
    fc.assert(
      fc.property(object, fc.nat(), fc.constantFrom(undefined, 2), (value, at, indent) => {
        const json = JSON.stringify(value, undefined, indent);
        const closed = closeJson(json.slice(0, 1 + (at % json.length)));
        expect(() => JSON.parse(closed ?? '') as unknown).not.toThrow();
      }),
    );
  });

  it('leaves whole JSON as it is', () => {
    fc.assert(
      fc.property(object, (value) =>
        expect(JSON.parse(closeJson(JSON.stringify(value)) ?? '')).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  it.each([
    ['{"a":"one tw', '{"a":"one tw"}'],
    ['{"a":"one\\', '{"a":"one"}'],
    ['{"a":"one\\u12', '{"a":"one"}'],
    ['{"a":"\\\\', '{"a":"\\\\"}'],
    ['{"a":["x","y', '{"a":["x","y"]}'],
    ['{"a":1,"b', '{"a":1}'],
    ['{"a":1,"b":tr', '{"a":1}'],
    ['{"a":{"b":[1,{', '{"a":{"b":[1,{}]}}'],
    ['{"a":1', '{}'],
  ])('closes %s', (cut, closed) => {
    expect(closeJson(cut)).toBe(closed);
  });

  it('does not follow JSON that is very deep', () => {
    expect(closeJson('['.repeat(1_000_000))).toBeUndefined();
  });
});

describe('responseId', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":5,"result":{"content":[', '"x"}]}}', 5],
    ['{"id": 5, "result":{"content":[', '"x"}]}}', 5],
    ['{"result":{"content":[', '"x"}]},"jsonrpc":"2.0","id":12}', 12],
    ['{"result":{"content":[', '"x"}]},"id":12,"jsonrpc":"2.0"}', 12],
    ['{"result":{"content":[{"text":"\\"id\\":9', '9\\",\\"id\\":9}"}]}}', undefined],
    ['{"jsonrpc":"2.0","method":"notifications/progress","params":{', '}}', undefined],
    ['{"jsonrpc":"2.0","id":5,"method":"ping","params":{', '}}', undefined],
    ['{"method":"ping","jsonrpc":"2.0"', ',"id":5}', undefined],
  ])('of %s … %s is %s', (head, tail, id) => {
    expect(responseId(head, tail)).toBe(id);
  });
});

describe('completeCutMessage', () => {
  const complete = (head: string, tail: string): unknown =>
    JSON.parse(completeCutMessage(head, tail) ?? 'null');

  it('keeps the items that came whole, and the text of the last one', () => {
    const head =
      '{"result":{"content":[{"type":"image","data":"AA","mimeType":"a/b"},{"type":"text","text":"begin';
    expect(complete(head, '…"}],"isError":true},"jsonrpc":"2.0","id":3}')).toEqual({
      jsonrpc: '2.0',
      id: 3,
      result: {
        content: [
          { type: 'image', data: 'AA', mimeType: 'a/b' },
          { type: 'text', text: 'begin' },
        ],
        isError: true,
        resultType: 'complete',
        _meta: { 'millrace/cut': true },
      },
    });
  });

  it('names an item of which nothing can be used', () => {
    const head = '{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"image","data":"AAAA';
    expect(complete(head, 'AA"}]}}')).toMatchObject({
      result: { content: [{ type: 'text', text: '[an item that is too large]' }], isError: false },
    });
  });

  it('makes an error of what is no tool result', () => {
    expect(complete('{"jsonrpc":"2.0","id":3,"result":{"tools":[{"name":"x', '"}]}}')).toEqual({
      jsonrpc: '2.0',
      id: 3,
      error: { code: -32_603, message: 'The answer of the server is too large.' },
    });
  });

  it('is nothing when nobody waits for it', () => {
    expect(
      completeCutMessage('{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"', '"}}'),
    ).toBeUndefined();
  });
});
