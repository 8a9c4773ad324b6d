import type { ViewNode } from './view-node.js';

/** Letters, digits, spaces and marks of Chinese: none means anything in markdown, wherever it stands. */
const PLAIN = '\\p{L}\\p{N} \\u3001-\\u303f\\uff01-\\uffef';
/** Behind other marks the address before them may go on, as that of a mail does behind its `@`. */
const LAST = new RegExp(`[${PLAIN}]$(?<!@\\S*)`, 'u');
/** They begin no span or address, and end none. */
const WORDS = new RegExp(`^(?:[${PLAIN}\\u2010-\\u2027,;!?'"(/%+=-]|(?<![wW])\\.)+$`, 'u');
/** After so many characters the line is looked at again: most of it is settled then, and need not be lexed once more. */
export const LONGEST_WORDS = 256;

/** The last text of a line that is written, at its top or in a span that is open: words make it longer, and change nothing else. */
export class GrowingWords {
  #length = 0;

  /** @param before what stands before the next piece */
  private constructor(private before: string) {}

  /**
   * @param source the line so far
   * @param shown what it looks like
   * @returns undefined when what is shown last is not the end of the line, or more than words may depend on it
   */
  static find(source: string, shown: readonly ViewNode[]): GrowingWords | undefined {
    let text = shown.at(-1);
    // The address of a link may depend on words.
    while (typeof text === 'object' && !text.attributes) text = text.children.at(-1);
    const isEnd = typeof text === 'string' && text.at(-1) === source.at(-1);
    return isEnd && LAST.test(source) ? new GrowingWords(source) : undefined;
  }

  /** Whether the last text grows by the piece; if not, the piece is more than words. */
  append(piece: string): boolean {
    const text = this.before.slice(-1) + piece;
    this.before = piece;
    this.#length += piece.length;
    return this.#length <= LONGEST_WORDS && WORDS.test(text);
  }
}
