import { CJK } from './cjk.js';

const KIND = new RegExp(`^(?:(\\s|$)|([${CJK}])|([\\p{P}\\p{S}]))`, 'u');
const [LATIN, SPACE, CJK_CHARACTER, PUNCTUATION] = [0, 1, 2, 3];
/**
 * By the character before a run of delimiters, then by the one after it, or the end: the group in which marked's tokenizer expects the run.
 * Both are in the order Latin, space, CJK, punctuation.
 */
const GROUPS = [
  [6, 2, 6, 2],
  [3, 0, 3, 4],
  [6, 2, 6, 6],
  [3, 1, 6, 5],
];

/**
 * Finds the delimiters that may close emphasis, as the regular expression does whose place it takes among marked's rules: in groups 1 and 2
 * those that can only close, in 3 and 4 those that can only open, in 5 and 6 those that can do both. The flanking rules are CommonMark's with
 * one change: CJK punctuation counts as a letter, and a CJK character beside a run of delimiters counts as a border, because CJK text has
 * no spaces between words (commonmark-spec#650).
 *
 * As an expression it would name each class of characters some twenty times, of which V8 made 130 KB.
 */
export class ClosingDelimiter extends RegExp {
  /**
   * @param longest how many characters a run of delimiters has at most
   * @param letter one more character that counts as a letter
   * @param skipped what is passed over at the beginning of a text, if it is there
   */
  constructor(
    private readonly char: string,
    private readonly longest: number,
    private readonly letter = '',
    private readonly skipped?: RegExp,
  ) {
    super('', 'g');
  }

  override exec(text: string): RegExpExecArray | null {
    const from = this.lastIndex || (this.skipped?.exec(text)?.[0].length ?? 0);
    for (let at = from, end; (at = text.indexOf(this.char, at)) !== -1; at = end) {
      for (end = at + 1; text[end] === this.char;) end += 1;
      const before = [...text.slice(Math.max(from, at - 2), at)].at(-1);
      if (before === undefined || end - at > this.longest) continue;
      const run = text.slice(at, end);
      const group = GROUPS[this.#kindOf(before)]![this.#kindOf(text.slice(end, end + 2))]!;
      if (group === 0) continue;
      this.lastIndex = end;
      const found: string[] = [before + run];
      found[group] = run;
      return Object.assign(found, { index: at - before.length, input: text }) as RegExpExecArray;
    }
    this.lastIndex = 0;
    return null;
  }

  #kindOf(text: string): number {
    if (text[0] === this.letter) return LATIN;
    const found = KIND.exec(text);
    if (!found) return LATIN;
    if (found[3]) return PUNCTUATION;
    return found[2] ? CJK_CHARACTER : SPACE;
  }
}
