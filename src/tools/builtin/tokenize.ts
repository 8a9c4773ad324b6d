export type Token =
  | { kind: 'number'; text: string; position: number; value: number }
  | { kind: 'name' | 'symbol' | 'end'; text: string; position: number };

const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z][A-Za-z0-9]*/y;
const SYMBOL = /\*\*|[-+*/%^(),]/y;

/** The signs that people and models write for the ones that we know. */
const synonyms = new Map([
  ['×', '*'],
  ['·', '*'],
  ['÷', '/'],
  ['−', '-'],
  ['（', '('],
  ['）', ')'],
]);

/** The numbers, names and signs of an expression; positions count from 1. Throws an Error at a character that is none. */
export function tokenize(expression: string): Token[] {
  const text = Array.from(expression, (character) => synonyms.get(character) ?? character).join('');
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const position = at + 1;
    const number = match(NUMBER);
    const name = match(NAME);
    const symbol = match(SYMBOL);
    if (number !== undefined) tokens.push({ kind: 'number', text: number, position, value: Number(number) });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name.toLowerCase(), position });
    else if (symbol !== undefined)
      tokens.push({ kind: 'symbol', text: symbol === '**' ? '^' : symbol, position });
    else if (!/\s/.test(text.charAt(at))) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      throw new Error(`Unexpected character ${JSON.stringify(character)} at position ${position}.`);
    }
    at += (number ?? name ?? symbol ?? ' ').length;
  }
  return [...tokens, { kind: 'end', text: 'the end', position: text.length + 1 }];
}
