import fc from 'fast-check';
import { ToolCallFragments } from './tool-call-fragments.js';

/** What a reader that joins the fragments by index ends up with. */
function join(fragments: readonly unknown[]) {
  const calls: { id?: string; name?: string; args: string }[] = [];
  const reader = new ToolCallFragments();
  for (const fragment of fragments) {
    const delta = reader.read(fragment);
    if (!delta) continue;
    const call = (calls[delta.index] ??= { args: '' });
    if (delta.id !== undefined) {
      expect(call.id).toBeUndefined();
      call.id = delta.id;
    }
    if (delta.name !== undefined) {
      expect(call.name).toBeUndefined();
      call.name = delta.name;
    }
    call.args += delta.args;
  }
  return calls;
}

describe('ToolCallFragments', () => {
  it('joins the fragments of OpenAI, whose later ones have nulls', () => {
    const opening = { index: 0, id: 'a', type: 'function', function: { name: 'echo', arguments: '' } };
    const piece = (args: string) => ({
      index: 0,
      id: null,
      type: null,
      function: { name: null, arguments: args },
    });
    expect(join([opening, piece('{"x"'), piece(':1}')])).toEqual([
      { id: 'a', name: 'echo', args: '{"x":1}' },
    ]);
  });

  it.each([
    [
      'an id in a later fragment',
      [
        { index: 0, function: { name: 'f', arguments: '{' } },
        { index: 0, id: 'a' },
        { index: 0, function: { arguments: '}' } },
      ],
      [{ id: 'a', name: 'f', args: '{}' }],
    ],
    ['no id at all', [{ index: 0, function: { name: 'f', arguments: '{}' } }], [{ name: 'f', args: '{}' }]],
    [
      'a null function',
      [
        { index: 0, id: 'a', function: null },
        { index: 0, function: { name: 'f', arguments: '{}' } },
      ],
      [{ id: 'a', name: 'f', args: '{}' }],
    ],
    [
      'id and name in each fragment',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{' } },
        { index: 0, id: 'a', function: { name: 'f', arguments: '}' } },
      ],
      [{ id: 'a', name: 'f', args: '{}' }],
    ],
    [
      'two calls that both are number 0',
      [
        { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } },
        { index: 0, id: 'b', function: { name: 'f', arguments: '[]' } },
      ],
      [
        { id: 'a', name: 'f', args: '{}' },
        { id: 'b', name: 'f', args: '[]' },
      ],
    ],
    [
      'two calls without a number',
      [
        { id: 'a', function: { name: 'f', arguments: '{' } },
        { function: { arguments: '}' } },
        { id: 'b', function: { name: 'g', arguments: '{}' } },
      ],
      [
        { id: 'a', name: 'f', args: '{}' },
        { id: 'b', name: 'g', args: '{}' },
      ],
    ],
    [
      'two calls without a number and without ids',
      [{ function: { name: 'f', arguments: '{}' } }, { function: { name: 'f', arguments: '[]' } }],
      [
        { name: 'f', args: '{}' },
        { name: 'f', args: '[]' },
      ],
    ],
    [
      'numbers that do not begin at 0, and fragments that mix',
      [
        { index: 3, id: 'a', function: { name: 'f', arguments: '1' } },
        { index: 5, id: 'b', function: { name: 'g', arguments: '3' } },
        { index: 3, function: { arguments: '2' } },
      ],
      [
        { id: 'a', name: 'f', args: '12' },
        { id: 'b', name: 'g', args: '3' },
      ],
    ],
    [
      'arguments that are an object',
      [{ index: 0, id: 'a', function: { name: 'f', arguments: { x: 1 } } }],
      [{ id: 'a', name: 'f', args: '{"x":1}' }],
    ],
  ])('understands %s', (_, fragments, expected) => expect(join(fragments)).toEqual(expected));

  it('gives each call of any answer its own index, however its arguments are cut', () => {
    const call = fc.record({
      id: fc.uuid(),
      name: fc.stringMatching(/^[a-z_]{1,12}$/),
      pieces: fc.array(fc.string(), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 6 }), (calls) => {
        const fragments = calls.flatMap(({ id, name, pieces }, index) => [
          { index, id, type: 'function', function: { name, arguments: '' } },
          ...pieces.map((piece) => ({ index, function: { arguments: piece } })),
        ]);
        expect(join(fragments)).toEqual(
          calls.map(({ id, name, pieces }) => ({ id, name, args: pieces.join('') })),
        );
      }),
    );
  });
});
