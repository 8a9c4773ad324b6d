import { StringStream } from '@codemirror/streamparser';
import type { Grammar } from './grammars.js';

/** A piece of a line, and what it is; without a kind it looks like plain text. */
export interface CodeToken {
  text: string;
  kind?: TokenKind;
}

export type TokenKind =
  'comment' | 'string' | 'number' | 'keyword' | 'name' | 'type' | 'property' | 'inserted' | 'deleted';

/** The styles of the grammars by what they look like. Of `string property` the last counts, of `keyword.control` the first. */
const KINDS: Readonly<Record<string, TokenKind>> = {
  atom: 'number',
  attribute: 'property',
  attributeName: 'property',
  bool: 'number',
  builtin: 'name',
  comment: 'comment',
  controlKeyword: 'keyword',
  def: 'name',
  definitionKeyword: 'keyword',
  deleted: 'deleted',
  escape: 'string',
  header: 'keyword',
  inserted: 'inserted',
  keyword: 'keyword',
  link: 'string',
  meta: 'keyword',
  modifier: 'keyword',
  null: 'number',
  number: 'number',
  propertyName: 'property',
  property: 'property',
  regexp: 'string',
  self: 'keyword',
  string: 'string',
  tag: 'keyword',
  tagName: 'keyword',
  type: 'type',
  typeName: 'type',
  unit: 'number',
};

const TAB = 4;
/** A line this long is no code that people read. */
const LONGEST_LINE = 2000;
/** What `.` of a regular expression does not match within a line: some grammars look for it for ever. A carriage return ends the lines of many texts. */
const LINE_ENDS = /[\r\u2028\u2029]/g;

/** Cuts the lines of one code block into tokens, in order; it remembers what a line leaves open (a comment, a text). */
export class LineTokenizer {
  readonly #state: unknown;

  constructor(private readonly grammar: Grammar) {
    this.#state = grammar.startState?.(TAB) ?? {};
  }

  /**
   * The tokens of the next line; their texts joined are the line.
   *
   * @param line without its newline
   */
  tokens(line: string): CodeToken[] {
    if (line === '') this.grammar.blankLine?.(this.#state, TAB);
    if (line === '' || line.length > LONGEST_LINE) return [{ text: line }];
    const stream = new StringStream(line.replace(LINE_ENDS, ' '), TAB, TAB);
    const tokens: CodeToken[] = [];
    // A grammar may take nothing to change its state, but not for ever.
    for (let idle = 0; !stream.eol() && idle < 10;) {
      const kind = kindOf(this.grammar.token(stream, this.#state));
      const text = line.slice(stream.start, stream.pos);
      stream.start = stream.pos;
      idle = text === '' ? idle + 1 : 0;
      const last = tokens.at(-1);
      if (last && last.kind === kind) last.text += text;
      else if (text !== '') tokens.push(kind ? { text, kind } : { text });
    }
    const rest = line.slice(stream.pos);
    return rest === '' ? tokens : [...tokens, { text: rest }];
  }
}

function kindOf(style: string | null): TokenKind | undefined {
  const names = style?.split(' ').map((name) => name.split('.', 1)[0]!) ?? [];
  const known = names.findLast((name) => Object.hasOwn(KINDS, name));
  return known === undefined ? undefined : KINDS[known];
}
