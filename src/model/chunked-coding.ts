const [CR, LF] = [0x0d, 0x0a];
/** What is to come of a chunk. */
const [SIZE, SIZE_LF, DATA, DATA_CR, DATA_LF] = [0, 1, 2, 3, 4];
/** No chunk of an answer is that long. */
const TOO_LONG = 0x1000_0000;
/** Begins no chunk: Node's parser says so. */
const NO_CHUNK = '!';

/**
 * Takes the chunked transfer coding (RFC 9112 §7.1) off a body as it is read, in place: one part of the body for each read, however many
 * chunks came in it. Node's parser calls back for each chunk with a copy of it, which takes longer than all that is done with its text
 * (decision 11).
 *
 * It knows chunks of data with their sizes and nothing else. What comes after them (the last chunk, trailers) and what is not like that (an
 * extension, a fault) is for Node's parser, from the border between two chunks on: it has seen none of them, and goes on as if there had
 * been none.
 */
export class ChunkedCoding {
  /** The part of the body that was decoded last: where it begins and ends in what was read. */
  start = 0;
  end = 0;
  /** What Node's parser is given before the rest: it came in a read before. */
  withheld = '';

  #next = SIZE;
  /** The size of the chunk as far as it was read, then what is still to come of its data. */
  #size = 0;

  /**
   * Decodes what was read into `bytes[from, to)`. Returns where the rest begins that is for Node's parser, as all that is read after it; `to`
   * when there is none yet.
   */
  decode(bytes: Uint8Array, from: number, to: number): number {
    this.start = this.end = from;
    let border = from;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at]!;
      if (this.#next === DATA) {
        at += this.#take(bytes, at, to) - 1;
      } else if (this.#next === SIZE) {
        const digit = valueOf(byte);
        // A size that begins with a zero is that of the last chunk, or one that nobody writes.
        const isNext = (digit > 0 || this.#size > 0) && digit !== -1 && this.#size < TOO_LONG / 16;
        if (isNext) this.#size = this.#size * 16 + digit;
        else if (byte === CR && this.#size > 0) this.#next = SIZE_LF;
        else return border;
      } else if (this.#next === SIZE_LF) {
        if (byte !== LF) return border;
        this.#next = DATA;
        this.withheld = '';
      } else {
        if (byte !== (this.#next === DATA_CR ? CR : LF)) return this.#fail(at);
        this.#next = this.#next === DATA_CR ? DATA_LF : SIZE;
        border = at + 1;
      }
    }
    const isInSize = this.#next === SIZE || this.#next === SIZE_LF;
    if (isInSize && border < to) this.withheld += String.fromCharCode(...bytes.subarray(border, to));
    return to;
  }

  /** Moves data to the end of the part. Returns how much of it there is. */
  #take(bytes: Uint8Array, at: number, to: number): number {
    const length = Math.min(this.#size, to - at);
    if (this.end === this.start) this.start = this.end = at;
    else bytes.copyWithin(this.end, at, at + length);
    this.end += length;
    this.#size -= length;
    if (this.#size === 0) this.#next = DATA_CR;
    return length;
  }

  #fail(at: number): number {
    this.withheld = NO_CHUNK;
    return at;
  }
}

/** Of a hexadecimal digit; -1 of anything else. */
function valueOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
