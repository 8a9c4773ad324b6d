import { isUtf8 } from 'node:buffer';
import type { PackedText } from '../protocol/packed.js';
import { endOfText } from './end-of-text.js';
import { JsonTexts } from './json-texts.js';

/** What was read from one record, or from several in a row. */
export interface Stretch extends PackedText {
  /** How many records were read. */
  records: number;
  /** Where the next record begins. */
  end: number;
}

/** What a record's data holds when it is nothing but a piece of text. */
export interface PlainText {
  type: 'text' | 'reasoning';
  delta: string;
}

const TEXT_KEYS = ['"content":"', '"reasoning_content":"', '"reasoning":"'];
/** OpenAI pads each chunk with a text of random length, against listeners who measure packets. */
const PADDING_KEY = '"obfuscation":"';
const PADDING = /^[A-Za-z0-9+/=_-]*$/;
const PROBE = 'probe';
/** All streams read by it, in turn: it holds nothing between two readings but its room. */
const TEXTS = new JsonTexts();

/**
 * What the text chunks of one answer have in common. A provider's chunks differ only in their text: the hundreds of bytes around it are
 * equal. So one is parsed as JSON, and of a record that is equal to it byte for byte but for its text only that text is read. Whatever
 * is not equal is left to the parser, which takes ten times as long (decisions 10 and 11).
 *
 * Records are latin1, as SseRecords gives them.
 */
export class ChunkTemplate {
  /** The end of one record and the beginning of the next, compared at once. */
  readonly #border: string;
  #type: PlainText['type'] = 'text';

  private constructor(
    private readonly head: string,
    /** What stands between the text and the padding, where chunks are padded. */
    private readonly beforePadding: string | null,
    private readonly tail: string,
  ) {
    this.#border = tail + head;
  }

  /** Whether there may be something to learn from a record: most that are no text are told by that they lack its keys. */
  static isLesson(record: string): boolean {
    return TEXT_KEYS.some((key) => record.includes(key));
  }

  /**
   * Learns from a whole record; null when it is not such a chunk. `read` reads the data of a record as it is always read, and gives null
   * for what is more or less than a piece of text. It is asked about the same record with another text and padding: only if that text is
   * what it finds, their places are right.
   */
  static learn(record: string, read: (data: string) => PlainText | null): ChunkTemplate | null {
    const prefix = /^data: ?(?=\{)/.exec(record)?.[0];
    if (prefix === undefined || record.indexOf('\n') !== record.length - 2) return null;
    // What is cut off it would keep all that it was cut from, which is a read of the socket.
    const own = Buffer.from(record, 'latin1').toString('latin1');
    for (const key of TEXT_KEYS) {
      const template = ChunkTemplate.#around(placeOf(key, own), own);
      if (!template) continue;
      const probe = Buffer.from(template.#recordOf(PROBE).slice(prefix.length), 'latin1');
      const found = isUtf8(probe) ? read(probe.toString('utf8')) : null;
      if (found?.delta === PROBE) {
        template.#type = found.type;
        return template;
      }
    }
    return null;
  }

  static #around(place: Place | null, record: string): ChunkTemplate | null {
    if (!place) return null;
    const head = record.slice(0, place.start);
    const rest = record.slice(place.end);
    const padding = placeOf(PADDING_KEY, rest);
    return padding
      ? new ChunkTemplate(head, rest.slice(0, padding.start), rest.slice(padding.end))
      : new ChunkTemplate(head, null, rest);
  }

  /** The kind of text that it reads. */
  get type(): PlainText['type'] {
    return this.#type;
  }

  #recordOf(text: string): string {
    return `${this.head}${text}${this.beforePadding ?? ''}${this.tail}`;
  }

  /** Reads the records that begin at `at`, as long as they follow the template; null when the first one does not. */
  stretch(records: string, at: number): Stretch | null {
    if (!holds(records, at, this.head)) return null;
    TEXTS.begin(records);
    let count = 0;
    let start = at + this.head.length;
    for (let isLast = false; !isLast;) {
      const textEnd = TEXTS.find(start);
      const end = textEnd === -1 ? -1 : this.#skipPadding(records, textEnd);
      isLast = end === -1 || end + this.tail.length === records.length || !holds(records, end, this.#border);
      if (isLast && (end === -1 || !holds(records, end, this.tail))) {
        // This record is another one: the stretch ended before it.
        start -= this.head.length;
        break;
      }
      TEXTS.take();
      count += 1;
      start = end + (isLast ? this.tail : this.#border).length;
    }
    const texts = TEXTS.finish();
    if (texts === null || count === 0) return null;
    // No spread (decision 11).
    return { delta: texts.delta, ends: texts.ends, records: count, end: start };
  }

  /** Where the tail is to begin, for a text that ends at `textEnd`; -1 when the padding is not as it should be. */
  #skipPadding(records: string, textEnd: number): number {
    if (this.beforePadding === null) return textEnd;
    const start = textEnd + this.beforePadding.length;
    if (!holds(records, textEnd, this.beforePadding)) return -1;
    const end = endOfText(records, start);
    return end !== -1 && PADDING.test(records.slice(start, end)) ? end : -1;
  }
}

interface Place {
  start: number;
  end: number;
}

/** Where the string value of a key that occurs once begins and ends; null when it does not, or more often. */
function placeOf(key: string, text: string): Place | null {
  const at = text.indexOf(key);
  if (at === -1 || at !== text.lastIndexOf(key)) return null;
  const start = at + key.length;
  const end = endOfText(text, start);
  return end === -1 ? null : { start, end };
}

/** `startsWith` at a place. A slice and a comparison of whole strings take half the time for texts of this length (V8 13.6). */
function holds(text: string, at: number, part: string): boolean {
  return text.slice(at, at + part.length) === part;
}
