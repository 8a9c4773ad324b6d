import type { ViewNode } from './view-node.js';

/** They begin no span and end none; of what stands before them they make an address only behind an address and its comma. */
const WORDS = /^[\p{L}\p{N} ,，。、；：？！]+$/u;
/** After so many characters the line is looked at again: most of it is settled then, and need not be lexed once more. */
export const LONGEST_WORDS = 256;

/** The last text of a line that is written, at its top or in the one span that is open: words make it longer, and change nothing else. */
export class GrowingWords {
  readonly #trims: boolean;
  /** Spaces that are not shown before something follows them. */
  #held: string;
  #length = 0;

  private constructor(trims: boolean, held: string) {
    this.#trims = trims;
    this.#held = held;
  }

  /**
   * @param source the line so far
   * @param lexed what was lexed for it, in which the open spans are closed
   * @param shown what that looks like
   * @returns undefined when what is shown last is not the end of the line, or more than words may depend on it
   */
  static find(source: string, lexed: string, shown: readonly ViewNode[]): GrowingWords | undefined {
    let text = shown.at(-1);
    let span = '';
    if (typeof text === 'object') {
      // A link, of which words may change the address; a formula.
      if (text.attributes) return undefined;
      span = text.tag;
      text = text.children.at(-1);
    }
    // Of spans in one another, what closes one depends on what it stands behind.
    if (typeof text !== 'string') return undefined;
    const trims = span !== '' && span !== 'code';
    const end = trims ? source.trimEnd() : source;
    const last = end.slice(-1);
    if (!WORDS.test(last) || last === ',' || !text.endsWith(last)) return undefined;
    // What is left out is not shown yet; what is added closes the span.
    if (!lexed.startsWith(end) || (span === '' && lexed !== source)) return undefined;
    // Spaces on both sides of a code span are not its text.
    if (span === 'code' && (last === ' ' || text.startsWith(' '))) return undefined;
    return new GrowingWords(trims, source.slice(end.length));
  }

  /** What the last text grows by; undefined when the piece is more than words. */
  append(piece: string): string | undefined {
    this.#length += piece.length;
    if (this.#length > LONGEST_WORDS || !WORDS.test(piece)) return undefined;
    const text = this.#held + piece;
    const grown = this.#trims ? text.trimEnd() : text;
    this.#held = text.slice(grown.length);
    return grown;
  }
}
