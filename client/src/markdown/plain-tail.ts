/** Beyond this nothing is lexed any more. */
const MOST_PLAIN = 1_000_000;
/** A blank line, and a line after it that belongs to no container: a new block begins for certain. */
const NEW_BLOCK = /\n[ \t]*\n(?=[^\s>])/;

/** Follows a block that is too long to be lexed, up to its end. */
export class PlainTail {
  /** Characters taken so far. */
  length = 0;
  #end = '';

  /** @returns the part that belongs to the block, and what follows the block when it has ended */
  append(piece: string): { text: string; rest?: string } {
    const joined = this.#end + piece;
    const match = this.length < MOST_PLAIN ? NEW_BLOCK.exec(joined) : null;
    if (!match) {
      this.#end = joined.slice(-100);
      this.length += piece.length;
      return { text: piece };
    }
    const cut = match.index + match[0].length - this.#end.length;
    this.length += cut;
    return { text: piece.slice(0, cut), rest: piece.slice(cut) };
  }
}
