import { createParser, type EventSourceParser } from 'eventsource-parser';
import { MillraceError } from '../protocol/error-code.js';
import { packedText, type PackedText } from '../protocol/packed.js';
import type { FinishReason, UsageCounts } from '../protocol/run-event.js';
import { ChunkTemplate, type PlainText, type Stretch } from './chunk-template.js';
import type { ModelDelta } from './model-client.js';
import { parseChunk } from './parse-chunk.js';
import { SseRecords } from './sse-records.js';
import { ToolCallFragments } from './tool-call-fragments.js';

/** No provider sends an event of this size; what does is not a chat completion stream. */
export const LONGEST_EVENT = 1024 * 1024;

/** Answers whose chunks differ in more than their text are not tried to be learned for ever. */
const MOST_LESSONS = 16;

/**
 * Turns the bytes of one chat completion stream (server-sent events of chunks, then `[DONE]`) into deltas.
 *
 * The finish reason and the usage are held until the end and given once: providers send either on a chunk of its own, together,
 * early, or more than once. The first finish reason counts and the last usage. The response id comes before the first delta
 * of the answer, so that an attempt that fails without a token gives nothing.
 */
export class ChatStreamReader {
  /** True once `[DONE]` was read; what follows is ignored. */
  done = false;
  /** How many events were read. Comments are not events. */
  events = 0;

  readonly #records = new SseRecords();
  #decoder: TextDecoder | undefined;
  #parser: EventSourceParser | undefined;
  readonly #calls = new ToolCallFragments();
  readonly #secrets: readonly string[];
  #template: ChunkTemplate | null = null;
  /** How often a template was sought since one was of use. */
  #lessons = 0;
  #pending: ModelDelta[] = [];
  /** The text that comes after what is pending. */
  #texts: { type: PlainText['type']; parts: PackedText[] } | undefined;
  #bytesSinceEvent = 0;
  #bytes = 0;
  #responseId: string | undefined;
  #responseIdGiven = false;
  #hasToolCalls = false;
  #finishReason: FinishReason | undefined;
  #usage: UsageCounts | undefined;

  constructor(secrets: readonly string[] = []) {
    this.#secrets = secrets;
  }

  /** True once the provider has said why the answer ends: whatever happens to the connection now, the answer is whole. */
  get finished(): boolean {
    return this.#finishReason !== undefined;
  }

  /**
   * Reads the next bytes. Throws `upstream_garbage` when they are not UTF-8, not a stream of chunks, or more than 1 MiB without
   * an event; throws the error that the provider reports. `take` gives what was read before the fault.
   */
  push(bytes: Uint8Array): void {
    if (this.done) return;
    const eventsBefore = this.events;
    this.#bytes += bytes.length;
    for (const records of this.#records.push(bytes)) if (!this.done) this.#readRecords(records);
    if (!this.done) this.#checkRest();
    this.#bytesSinceEvent = this.events === eventsBefore ? this.#bytesSinceEvent + bytes.length : 0;
    if (this.#bytesSinceEvent > LONGEST_EVENT) throw garbage('more than 1 MiB without an event');
  }

  /** The deltas read since the last call. */
  take(): readonly ModelDelta[] {
    const text = this.#takeText();
    // Mostly there is nothing but that.
    if (this.#pending.length === 0) return text ? [text] : [];
    const taken = this.#pending;
    this.#pending = [];
    if (text) taken.push(text);
    return taken;
  }

  /**
   * Says that nothing more comes; `take` then gives the finish reason and the usage. Throws `upstream_cut` when the provider did
   * not say why the answer ends, and `upstream_garbage` when it sent something that holds no event at all.
   */
  end(): void {
    if (!this.done) this.#readUnterminatedEvent();
    if (this.#finishReason === undefined) {
      if (this.events === 0 && this.#bytes > 0) throw garbage('the stream ended without an event');
      throw new MillraceError('upstream_cut', { cause: new Error('the stream ended without finish_reason') });
    }
    this.#emit([{ type: 'finish', finish_reason: this.#finishReason }]);
    if (this.#usage) this.#push({ type: 'usage', usage: this.#usage });
  }

  #checkRest(): void {
    try {
      this.#records.check();
    } catch {
      throw garbage('the bytes are not UTF-8');
    }
  }

  /** Reads whole records: the text chunks that follow the template, and all others as JSON. */
  #readRecords(records: string): void {
    for (let at = 0; at < records.length && !this.done;) {
      const stretch = this.#stretch(records, at);
      if (stretch) {
        this.#lessons = 0;
        this.events += stretch.records;
        this.#emitTexts(this.#template!.type, stretch);
        at = stretch.end;
        continue;
      }
      // What can be learned from is parsed by itself, because those after it may follow what is learned.
      const end = this.#learns ? endOfRecord(records, at) : records.length;
      const other = records.slice(at, end);
      this.#parse(this.#decode(other));
      if (this.#learns && !this.done) this.#learn(other);
      at = end;
    }
  }

  /** The parser would see no border between records that it is not given, if it were in the middle of one. */
  #stretch(records: string, at: number): Stretch | null {
    if (!this.#template || this.#records.hasReturns || records.length > LONGEST_EVENT) return null;
    return this.#template.stretch(records, at);
  }

  get #learns(): boolean {
    return this.#lessons < MOST_LESSONS && !this.#records.hasReturns;
  }

  #learn(record: string): void {
    if (!ChunkTemplate.isLesson(record)) return;
    this.#lessons += 1;
    this.#template = ChunkTemplate.learn(record, (data) => this.#plainText(data)) ?? this.#template;
    if (!this.#template) return;
    // Both are between two records, so they hold nothing, and may not be needed again for hours.
    this.#parser = undefined;
    this.#decoder = undefined;
  }

  #parse(records: string): void {
    this.#parser ??= createParser({ onEvent: ({ data, event }) => this.#read(data, event) });
    this.#parser.feed(records);
  }

  #plainText(data: string): PlainText | null {
    const { deltas, finish_reason, usage, response_id } = parseChunk(data, {
      calls: new ToolCallFragments(),
    });
    const [delta] = deltas;
    const isPlain = deltas.length === 1 && !finish_reason && !usage && response_id === this.#responseId;
    return isPlain && (delta?.type === 'text' || delta?.type === 'reasoning') ? delta : null;
  }

  #read(data: string, event: string | undefined): void {
    if (this.done) return;
    if (data.length > LONGEST_EVENT) throw garbage('an event is larger than 1 MiB');
    if (data.trim() === '[DONE]') {
      this.events += 1;
      this.done = true;
      return;
    }
    const chunk = parseChunk(data, { calls: this.#calls, secrets: this.#secrets }, event);
    this.events += 1;
    this.#responseId ??= chunk.response_id;
    if (chunk.usage) this.#usage = chunk.usage;
    this.#emit(chunk.deltas);
    if (chunk.finish_reason) this.#finishReason ??= chunk.finish_reason;
    // Gemini, Ollama and others end a turn of tool calls with "stop".
    if (this.#hasToolCalls && this.#finishReason === 'stop') this.#finishReason = 'tool_calls';
  }

  #emitTexts(type: PlainText['type'], texts: PackedText): void {
    if (texts.delta === '') return;
    this.#giveResponseId();
    if (this.#texts?.type === type) this.#texts.parts.push(texts);
    else {
      this.#pack();
      this.#texts = { type, parts: [texts] };
    }
  }

  #emit(deltas: readonly ModelDelta[]): void {
    for (const delta of deltas) {
      if (delta.type === 'text' || delta.type === 'reasoning') {
        this.#emitTexts(delta.type, { delta: delta.delta, ends: undefined });
        continue;
      }
      this.#giveResponseId();
      if (delta.type === 'tool_call') this.#hasToolCalls = true;
      this.#push(delta);
    }
  }

  #push(delta: ModelDelta): void {
    this.#pack();
    this.#pending.push(delta);
  }

  #pack(): void {
    const text = this.#takeText();
    if (text) this.#pending.push(text);
  }

  #takeText(): ModelDelta | undefined {
    if (!this.#texts) return undefined;
    const { type, parts } = this.#texts;
    this.#texts = undefined;
    // No spread: until V8 has optimised this, each member after one is a call of its runtime (decision 11).
    const { delta, ends } = packedText(parts);
    return { type, delta, ends };
  }

  #giveResponseId(): void {
    if (this.#responseIdGiven || this.#responseId === undefined) return;
    this.#responseIdGiven = true;
    this.#push({ type: 'response', response_id: this.#responseId });
  }

  #decode(latin1: string): string {
    this.#decoder ??= new TextDecoder('utf-8', { fatal: true });
    try {
      return this.#decoder.decode(Buffer.from(latin1, 'latin1'), { stream: true });
    } catch {
      throw garbage('the bytes are not UTF-8');
    }
  }

  /** Some servers leave out the blank line after their last event. Half an event at the end is a cut, not garbage. */
  #readUnterminatedEvent(): void {
    try {
      this.#parse(`${this.#decode(this.#records.takeRest())}\n\n`);
    } catch (error) {
      const isHalf = error instanceof MillraceError && error.code === 'upstream_garbage';
      if (!isHalf && !this.finished) throw error;
    }
  }
}

function endOfRecord(records: string, start: number): number {
  const end = records.indexOf('\n\n', start);
  return end === -1 ? records.length : end + 2;
}

function garbage(why: string): MillraceError {
  return new MillraceError('upstream_garbage', { cause: new Error(why) });
}
