import { Buffer, isUtf8 } from 'node:buffer';
import type { PackedText } from '../protocol/packed.js';

const [SPACE, QUOTE, BACKSLASH, LETTER_U] = [0x20, 0x22, 0x5c, 0x75];
/** V8 copies a slice of up to so many characters; a longer one keeps the text that it was cut from. */
const COPIED = 12;

/**
 * Reads the texts of JSON strings into one. The JSON is latin1, one character a byte of UTF-8.
 *
 * Their bytes are collected in a place that all readings share, counted on the way, and made text once: no string, no object and no call
 * of V8's a text. To slice, join and parse them took a tenth of the time of a chunk that comes in bulk (decision 11).
 */
export class JsonTexts {
  #json = '';
  #bytes = Buffer.alloc(0);
  #ends: number[] = [];
  /** What was taken: texts that are not empty, their bytes and their UTF-16 code units. */
  #count = 0;
  #length = 0;
  #units = 0;
  /** Where the first of them begins in the JSON. */
  #first = 0;
  /** The text that was found last: where it begins, and what there would be with it. */
  #start = 0;
  #lengthWith = 0;
  #unitsWith = 0;
  #isAscii = true;
  #hasEscapes = false;

  /** Begins anew, with the texts of `json`. */
  begin(json: string): void {
    this.#json = json;
    if (this.#bytes.length < json.length) this.#bytes = Buffer.allocUnsafe(json.length);
    this.#count = 0;
    this.#length = 0;
    this.#units = 0;
    this.#isAscii = true;
    this.#hasEscapes = false;
  }

  /**
   * Finds the text that begins at `start`, behind its opening quote. Returns the place of its closing quote; -1 when there is none, or
   * before it something that no JSON string holds. (An escape that there is not is found by `finish`.)
   */
  find(start: number): number {
    const json = this.#json;
    const bytes = this.#bytes;
    let length = this.#length;
    let units = this.#units;
    /** How many bytes of a character are still to come. */
    let open = 0;
    for (let at = start; at < json.length; at += 1) {
      const byte = json.charCodeAt(at);
      if (byte === QUOTE && open === 0) {
        this.#start = start;
        this.#lengthWith = length;
        this.#unitsWith = units;
        return at;
      }
      bytes[length++] = byte;
      if (byte >= 0x80) {
        const isFirst = byte >= 0xc0;
        if (isFirst === open > 0) return -1;
        open = isFirst ? bytesAfter(byte) : open - 1;
        if (isFirst) units += open === 3 ? 2 : 1;
        this.#isAscii = false;
        continue;
      }
      if (open > 0 || byte < SPACE) return -1;
      units += 1;
      if (byte !== BACKSLASH) continue;
      this.#hasEscapes = true;
      const escaped = json.charCodeAt(at + 1) === LETTER_U ? 5 : 1;
      for (const end = at + escaped; at < end;) bytes[length++] = json.charCodeAt(++at);
    }
    return -1;
  }

  /** Takes what was found last to the others. */
  take(): void {
    if (this.#lengthWith === this.#length) return;
    if (this.#count === 0) this.#first = this.#start;
    this.#length = this.#lengthWith;
    this.#units = this.#unitsWith;
    this.#ends[this.#count] = this.#units;
    this.#count += 1;
  }

  /** All that was taken, as one text; empty texts are no deltas of it. Null when one of them is no valid JSON string, so that whoever parses it alone says what is wrong. */
  finish(): PackedText | null {
    const delta = this.#text();
    const ends = this.#count > 1 ? this.#ends.slice(0, this.#count) : undefined;
    this.#json = '';
    return delta === null ? null : { delta, ends };
  }

  #text(): string | null {
    const bytes = this.#bytes;
    const length = this.#length;
    if (this.#isAscii && !this.#hasEscapes) {
      const isLone = this.#count === 1 && length <= COPIED;
      return isLone
        ? this.#json.slice(this.#first, this.#first + length)
        : bytes.toString('latin1', 0, length);
    }
    if (!this.#isAscii && !isUtf8(bytes.subarray(0, length))) return null;
    const text = bytes.toString('utf8', 0, length);
    if (!this.#hasEscapes) return text;
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      return null;
    }
  }
}

/** How many bytes follow the first one of a character (RFC 3629 §3). */
function bytesAfter(first: number): number {
  if (first >= 0xf0) return 3;
  return first >= 0xe0 ? 2 : 1;
}
