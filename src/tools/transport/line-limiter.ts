/** A line of a byte stream, without its newline. Of one that is too long the beginning and the last bytes are left. */
export type LimitedLine = { cut: false; text: string } | { cut: true; head: string; tail: string };

const TAIL_BYTES = 256;
const NEWLINE = 0x0a;

/**
 * Splits bytes into lines and never holds more than `limit` bytes of one, so that a peer that sends 100 MB in one message
 * costs `limit`.
 */
export class LineLimiter {
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  private tail: Buffer | undefined;

  constructor(private readonly limit: number) {}

  push(chunk: Uint8Array): LimitedLine[] {
    const lines: LimitedLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.hold(chunk.subarray(start, end));
      lines.push(this.take());
      start = end + 1;
    }
    this.hold(chunk.subarray(start));
    return lines;
  }

  /** What is left after the last newline, if anything. */
  end(): LimitedLine | undefined {
    return this.heldBytes > 0 ? this.take() : undefined;
  }

  private hold(piece: Uint8Array): void {
    if (piece.length === 0) return;
    const room = this.limit - this.heldBytes;
    if (this.tail === undefined && piece.length <= room) {
      this.held.push(piece);
      this.heldBytes += piece.length;
      return;
    }
    if (this.tail === undefined) {
      this.held.push(piece.subarray(0, room));
      this.heldBytes = this.limit;
    }
    this.tail = Buffer.concat([this.tail ?? Buffer.alloc(0), piece.subarray(-TAIL_BYTES)]).subarray(
      -TAIL_BYTES,
    );
  }

  private take(): LimitedLine {
    const text = Buffer.concat(this.held).toString('utf8');
    const tail = this.tail;
    this.held = [];
    this.heldBytes = 0;
    this.tail = undefined;
    if (tail === undefined) return { cut: false, text };
    return { cut: true, head: text, tail: tail.toString('utf8') };
  }
}
