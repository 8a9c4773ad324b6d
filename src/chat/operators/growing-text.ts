/** So many pieces are joined at once. */
const JOINED = 64;

/** A text that comes in small pieces. A string that grows by each of them would be a tree with a node of 32 bytes for each (decision 11). */
export class GrowingText {
  readonly #parts: string[] = [];
  #pieces: string[] = [];

  add(piece: string): void {
    this.#pieces.push(piece);
    if (this.#pieces.length < JOINED) return;
    this.#parts.push(this.#pieces.join(''));
    this.#pieces = [];
  }

  toString(): string {
    return this.#parts.join('') + this.#pieces.join('');
  }
}
