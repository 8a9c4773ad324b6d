/** One event block of a server-sent event stream (WHATWG HTML §9.2.6). */
export interface SseFrame {
  id?: string;
  data: string;
}

/**
 * Parses server-sent events, as far as streams of runs use them: `id` and `data`; other fields and comments are skipped. The text comes
 * in any pieces, and a long line in many pieces costs no more than its length.
 */
export class SseParser {
  /** The beginning of a line whose end has not come yet. */
  #pieces: string[] = [];
  /** The last piece ended with a CR, which may be half of a CRLF. */
  #halfEnd = false;
  #id: string | undefined;
  #data: string | undefined;

  /** Gives the blocks that this piece completes. */
  feed(piece: string): SseFrame[] {
    if (piece === '') return [];
    const text = this.#halfEnd && piece.startsWith('\n') ? piece.slice(1) : piece;
    // Our server ends lines with LF alone.
    const lines = text.split(text.includes('\r') ? /\r\n|\r|\n/ : '\n');
    this.#halfEnd = piece.endsWith('\r');
    const unfinished = lines.pop() ?? '';
    const frames: SseFrame[] = [];
    for (const line of lines) {
      this.#line(this.#pieces.length > 0 ? this.#pieces.join('') + line : line, frames);
      if (this.#pieces.length > 0) this.#pieces = [];
    }
    if (unfinished !== '') this.#pieces.push(unfinished);
    return frames;
  }

  #line(line: string, frames: SseFrame[]): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    if (name === 'id' && !value.includes('\0')) this.#id = value;
    if (line !== '') return;
    if (this.#data !== undefined) frames.push({ id: this.#id, data: this.#data });
    this.#id = undefined;
    this.#data = undefined;
  }
}
