import fc from 'fast-check';
import { grammarOf } from './grammars.js';
import { LineTokenizer } from './line-tokenizer.js';

async function tokenized(language: string, code: string): Promise<string> {
  const tokenizer = new LineTokenizer(await grammarOf(language)!());
  return code
    .split('\n')
    .map((line) =>
      tokenizer
        .tokens(line)
        .map(({ text, kind }) => (kind ? `<${kind} ${text}>` : text))
        .join(''),
    )
    .join('\n');
}

describe('LineTokenizer', () => {
  it.each([
    [
      'ts',
      'const a: number = 1; // b',
      '<keyword const> <name a>: <type number> = <number 1>; <comment // b>',
    ],
    [
      'python',
      'def f(x):\n    """a\n\n    b"""\n    return "c"',
      '<keyword def> <name f>(x):\n    <string """a>\n\n<string     b""">\n    <keyword return> <string "c">',
    ],
    ['sh', 'echo "a $b" # c', '<name echo> <string "a ><name $b><string "> <comment # c>'],
    ['cpp', '/* a\nb */ int x = 1;', '<comment /* a>\n<comment b */> <type int> x = <number 1>;'],
    ['json', '{"a": [1, true]}', '{<property "a">: [<number 1>, <number true>]}'],
    ['diff', '+ a\n- b', '<inserted + a>\n<deleted - b>'],
  ])('knows the pieces of %s, also where a line leaves something open', async (language, code, expected) => {
    expect(await tokenized(language, code)).toBe(expected);
  });

  const languages =
    'bash c cmake cpp csharp css dart diff docker go groovy haskell html ini java javascript json kotlin latex less lua nginx objectivec perl powershell protobuf python r ruby rust sass scala scss sql swift toml typescript xml yaml';

  it.each(languages.split(' '))(
    '[UI-03] loses no character of any text in %s, and always ends',
    async (language) => {
      const grammar = await grammarOf(language)!();
      const code = fc.array(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 40 }).map((line) => line.replaceAll('\n', ' ')),
          fc.constantFrom(
            '',
            '"',
            "'''",
            '/*',
            '<!--',
            '`${',
            '  - a: |',
            'if (',
            '}}}',
            '<<EOF',
            '\\',
            '#',
            '$(',
          ),
        ),
        { maxLength: 8 },
      );
      fc.assert(
        fc.property(code, (lines) => {
          const tokenizer = new LineTokenizer(grammar);
          for (const line of lines)
            expect(
              tokenizer
                .tokens(line)
                .map(({ text }) => text)
                .join(''),
            ).toBe(line);
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(['\r', '\u2028', '\u2029'])('is not held up by %j where a line begins', async (end) => {
    const tokenizer = new LineTokenizer(await grammarOf('toml')!());
    const lines = ['a = "', `${end}x`, end];
    const texts = lines.map((line) => tokenizer.tokens(line).map(({ text }) => text));
    expect(texts.map((pieces) => pieces.join(''))).toEqual(lines);
  });

  it('takes other names, in any case, and leaves what it does not know', () => {
    expect(grammarOf('TypeScript')).toBe(grammarOf('ts'));
    expect(grammarOf('C++')).toBe(grammarOf('cpp'));
    for (const name of ['', 'nonsense', 'constructor', '__proto__', 'toString'])
      expect(grammarOf(name)).toBeUndefined();
  });

  it('leaves very long lines plain', async () => {
    const tokenizer = new LineTokenizer(await grammarOf('ts')!());
    const line = 'const a = 1;'.repeat(1000);
    expect(tokenizer.tokens(line)).toEqual([{ text: line }]);
  });
});
