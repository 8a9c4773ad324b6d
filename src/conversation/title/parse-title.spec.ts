import fc from 'fast-check';
import { parseTitle } from './parse-title.js';
import { anyCharacter } from '../../protocol/text.arbitrary.js';

describe('parseTitle', () => {
  it.each([
    ['the form', '<title>A walk</title><tags>sea,sun</tags>', { title: 'A walk', tags: ['sea', 'sun'] }],
    [
      'any case and surroundings',
      'Here: <TITLE> A\n walk </Title> and <Tags>sea</tags>!',
      { title: 'A walk', tags: ['sea'] },
    ],
    [
      'every kind of separator',
      '<title>t</title><tags>a, b;c，d；e\nf</tags>',
      { title: 't', tags: ['a', 'b', 'c', 'd', 'e'] },
    ],
    ['blank and repeated tags', '<title>t</title><tags>a,,a, ,b</tags>', { title: 't', tags: ['a', 'b'] }],
    [
      'tags that are too long',
      `<title>t</title><tags>${'x'.repeat(30)}</tags>`,
      { title: 't', tags: ['x'.repeat(20)] },
    ],
    ['a title that is too long', `<title>${'字'.repeat(150)}</title>`, { title: '字'.repeat(100), tags: [] }],
    ['an answer without a title', '关于大海和太阳的一次散步', { title: '关于大海和太阳的一次', tags: [] }],
    ['an empty title', '<title> </title><tags>a</tags>', { title: '<title> </', tags: ['a'] }],
    [
      'hidden and turning characters',
      '<title>a\u202eb\0c \u{E0041}d 👩\u200d💻</title>',
      { title: 'a b c d 👩\u200d💻', tags: [] },
    ],
    ['characters of two units', `<title>${'🌊'.repeat(101)}</title>`, { title: '🌊'.repeat(100), tags: [] }],
  ])('reads %s', (_name, answer, expected) => {
    expect(parseTitle(answer)).toEqual(expected);
  });

  it.each(['', '  \n '])('finds nothing in %j', (answer) => {
    expect(parseTitle(answer)).toBeNull();
  });

  it('keeps its limits, whatever the model says', () => {
    const part = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.constantFrom('<title>', '</title>', '<tags>', '</tags>', ',', '，'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const made = parseTitle(parts.join(''));
        if (made === null) return;
        expect(made.title.trim()).not.toBe('');
        expect([...made.title].length).toBeLessThanOrEqual(100);
        expect(made.tags.length).toBeLessThanOrEqual(5);
        for (const tag of made.tags) expect([...tag].length).toBeLessThanOrEqual(20);
        expect(made.title + made.tags.join('')).not.toMatch(/[\0\n\u202e]/);
      }),
    );
  });
});
