import { Buffer } from 'node:buffer';
import { TextDecoder } from 'node:util';

const NON_ASCII = /[\x80-\xff]/;

/**
 * Cuts the bytes of an event stream into whole records: what ends with a blank line. Text is kept as latin1, one character a byte,
 * because cutting and comparing bytes that way is several times cheaper than decoding them first (decision 10), and because it makes a
 * character that is cut in two whole again by itself.
 *
 * Lines that end with a carriage return are valid, but no provider that is known sends them: from the first one on everything is given
 * as it comes, and whoever parses it must find the borders.
 */
export class SseRecords {
  /** What came of a record that has not ended yet. */
  #parts: string[] = [];
  /** How many of the parts were looked at, and what has seen them since the first that is not ASCII. */
  #checked = 0;
  #decoder: TextDecoder | undefined;
  #hasReturns = false;

  /**
   * The records that these bytes complete, in one text, or in two: the record that the bytes before began is given by itself, because
   * joining it with all that follows would copy that.
   */
  push(bytes: Uint8Array): string[] {
    const text = latin1(bytes);
    this.#hasReturns ||= text.includes('\r');
    const end = this.#hasReturns ? text.length : this.#endOfRecords(text);
    if (end === -1) {
      this.#parts.push(text);
      return [];
    }
    const begun = this.#parts.length === 0 ? 0 : this.#hasReturns ? end : this.#endOfBegun(text);
    const first = begun === 0 ? '' : this.takeRest() + text.slice(0, begun);
    const others = text.slice(begun, end);
    // A slice would keep all of the text, through collections that copy it, until the next read.
    if (end < text.length) this.#parts.push(latin1(bytes.subarray(end)));
    // As long as it will be: a list that grows from nothing gets room for 17.
    if (first === '') return [others];
    return others === '' ? [first] : [first, others];
  }

  /** True when a record may end otherwise than with `\n\n`. */
  get hasReturns(): boolean {
    return this.#hasReturns;
  }

  /** What came after the last whole record. */
  takeRest(): string {
    const rest = this.#parts.length === 0 ? '' : this.#parts.join('');
    this.#parts = [];
    this.#checked = 0;
    this.#decoder = undefined;
    return rest;
  }

  /** Throws TypeError when what came after the last whole record cannot be UTF-8: a stream of other bytes would never end one. */
  check(): void {
    for (; this.#checked < this.#parts.length; this.#checked += 1) {
      const part = this.#parts[this.#checked]!;
      if (!this.#decoder && !NON_ASCII.test(part)) continue;
      this.#decoder ??= new TextDecoder('utf-8', { fatal: true });
      this.#decoder.decode(Buffer.from(part, 'latin1'), { stream: true });
    }
  }

  #endOfRecords(text: string): number {
    const end = text.lastIndexOf('\n\n');
    if (end !== -1) return end + 2;
    return this.#isCutInBorder(text) ? 1 : -1;
  }

  /** Where the record ends that was begun before; there is such an end. */
  #endOfBegun(text: string): number {
    return this.#isCutInBorder(text) ? 1 : text.indexOf('\n\n') + 2;
  }

  #isCutInBorder(text: string): boolean {
    return text.startsWith('\n') && this.#parts.at(-1)?.endsWith('\n') === true;
  }
}

/** What the HTTP client gives is a Buffer, and a view of it is not made again. */
function latin1(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  const view = Buffer.isBuffer(bytes) ? bytes : Buffer.from(buffer, byteOffset, byteLength);
  return view.toString('latin1');
}
