import { isDeepStrictEqual } from 'node:util';
import { readRun, type ReadEnd, type ReadListener } from '../../../client/src/stream/read-run.js';
import { RunCursor } from '../../../client/src/stream/run-cursor.js';
import { decodeFrame, type SseFrame } from '../../../src/protocol/native-codec.js';
import { MillraceError } from '../../../src/protocol/error-code.js';
import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { RunSnapshot, SnapshotReason } from '../../../src/protocol/run-snapshot.js';
import { applyEvent } from '../../../src/protocol/apply-event.js';
import { emptyRunState, isEnded, type RunState } from '../../../src/protocol/run-state.js';
import type { LogCursor } from '../../../src/run/log/run-log.js';
import type { RunReader } from '../../../src/run/run-reader.js';
import { nativeDialect } from '../../../src/sse/dialects/native/native-dialect.js';
import { FrameReader } from '../../../src/sse/frame-reader.js';
import { writeFrame } from '../../../src/sse/framer.js';
import { ada } from '../../support/conversations.js';
import type { Instance } from '../../support/instance.js';
import type { Connection, Cut } from './schedule.js';
import type { Truth } from './truth.js';

/** The browser's cursor, which in these schedules never meets a hole or a repetition: the server serves exactly. */
class StrictCursor extends RunCursor {
  override take(event: RunEvent): 'next' | 'seen' | 'gap' {
    const before = this.lastEventId;
    const order = super.take(event);
    if (order !== 'next') throw new Violation(`${order}: ${event.type} ${event.seq} after ${before}`);
    return order;
  }
}

export class Violation extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Violation';
  }
}

interface Wire {
  reader: RunReader;
  frames: FrameReader;
  body: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** What was sent and not yet read, in chunks. */
  unread: number;
  ended: Promise<ReadEnd>;
  /** Set once `ended` has resolved. */
  end?: ReadEnd;
}

/** What a resumed response must begin with: exactly the next event, or a snapshot for this reason. */
export type Expected = 'exact' | SnapshotReason | undefined;

/** One reader over all its connections: the client's own code, fed with the server's bytes. */
export class Client {
  readonly #cursor: StrictCursor;
  state: RunState;
  /** It has seen the end of the run. */
  done = false;
  /** Its state is what the database holds of the run: the words, without what only the log knew. */
  fromStorage = false;
  /** It said that it was at the end, was not, and got nothing. */
  believed = false;
  #wire: Wire | undefined;
  #terminals = 0;
  #violation: Violation | undefined;
  #first: RunEvent | RunSnapshot | undefined;

  constructor(
    private readonly truth: Truth,
    /** The bytes of each frame, by its position and where it begins: the same for every reader of the run. */
    private readonly bytesAt: Map<string, string>,
    /** Where it was before: its state is the run's there. */
    private at: LogCursor | null,
  ) {
    this.#cursor = new StrictCursor(truth.runId);
    this.state = emptyRunState(truth.runId);
    if (!at || at.seq === 0) return;
    this.state = JSON.parse(truth.stateAt(at)) as RunState;
    const { epoch, seq: through_seq } = at;
    this.#cursor.replace({ run_id: truth.runId, epoch, through_seq } as RunSnapshot);
    this.done = isEnded(this.state.phase);
  }

  get connected(): boolean {
    return this.#wire !== undefined;
  }

  /** What it says to come back: its last id, or its bare seq while that can mean nothing else. */
  comeback({ form }: Pick<Connection, 'form'>): string | null {
    const isBare = form === 'bare' && this.at !== null && !this.truth.hasLost;
    return isBare ? String(this.at!.seq) : (this.#cursor.lastEventId ?? null);
  }

  /** False when the log is away: the server answers 503, and it may try again. */
  async connect(instance: Instance, cursor: string | null, limit: number): Promise<boolean> {
    let reader: RunReader;
    try {
      reader = await instance.runs.follow(ada, this.truth.runId, cursor);
    } catch (error) {
      return unavailable(error);
    }
    const frames = new FrameReader(limited(reader, limit), nativeDialect);
    const wire: Wire = { reader, frames, body: undefined, unread: 0, ended: undefined as never };
    const stream = new ReadableStream<Uint8Array>({ start: (body) => void (wire.body = body) });
    const response = new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
    wire.ended = this.#read(response, wire);
    this.#wire = wire;
    this.#first = undefined;
    return true;
  }

  /** The server reads once, and the client gets the bytes, or what of them comes before the cut. */
  async read(cut: Cut | null, expected?: Expected): Promise<'news' | 'nothing' | 'over'> {
    const wire = this.#wire!;
    let frames: Awaited<ReturnType<FrameReader['read']>>;
    try {
      frames = wire.frames.readNow() ?? (await wire.frames.read());
    } catch (error) {
      unavailable(error);
      await this.#cut('reset');
      return 'over';
    }
    frames.forEach((frame) => this.#compareBytes(frame));
    const bytes = new TextEncoder().encode(frames.map(writeFrame).join(''));
    const sent = cut ? bytes.subarray(0, cut.at % (bytes.length + 1)) : bytes;
    if (sent.length > 0) await this.#send(sent);
    this.#check(expected, frames.length);
    if (wire.end?.kind === 'terminal') this.done = true;
    else if (cut) await this.#cut(cut.how);
    else if (wire.frames.ended) await this.#endOfStream(frames.length);
    else return frames.length > 0 ? 'news' : 'nothing';
    this.#leave();
    return 'over';
  }

  /** A response without a byte is 204: the client stands at the end. Every other one ends after its last frame. */
  async #endOfStream(frames: number): Promise<void> {
    if (frames === 0 && this.#first === undefined) this.done = true;
    else throw new Violation('a response has ended without the end of its run');
    // One that made its cursor up may have named the very last position of a run whose log is gone: it is believed.
    this.believed = !this.at && !this.truth.model.exists;
    if (!isEnded(this.state.phase) && !this.believed)
      throw new Violation('204 for a reader that has not seen the end');
    await this.#cut('end');
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const wire = this.#wire!;
    wire.unread += 1;
    wire.body!.enqueue(bytes);
    while (wire.unread > 0 && !wire.end) await turn();
    await turn();
  }

  async #cut(how: Cut['how']): Promise<void> {
    const wire = this.#wire;
    if (!wire) return;
    if (!wire.end) {
      if (how === 'reset') wire.body!.error(new Error('reset'));
      else wire.body!.close();
    }
    await wire.ended;
    this.#leave();
  }

  #leave(): void {
    this.#wire?.frames.close();
    this.#wire = undefined;
  }

  #read(response: Response, wire: Wire): Promise<ReadEnd> {
    const listener: ReadListener = {
      opened: () => undefined,
      bytes: () => void (wire.unread -= 1),
      apply: (events) => this.#apply(events),
      replace: (snapshot) => this.#replace(snapshot),
    };
    return readRun(response, this.#cursor, { decode: decodeStrictly }, listener)
      .catch((error: unknown): ReadEnd => {
        if (error instanceof Violation) this.#violation = error;
        return { kind: 'cut' };
      })
      .then((end) => (wire.end = end));
  }

  #apply(events: readonly RunEvent[]): void {
    this.#first ??= events[0];
    for (const event of events) {
      applyEvent(this.state, event);
      this.at = { epoch: event.epoch, seq: event.seq };
      if (isEnded(this.state.phase)) this.#terminals += 1;
    }
    if (this.#terminals > 1) throw new Violation('something came after the terminal event');
  }

  #replace(snapshot: RunSnapshot): void {
    this.#first ??= snapshot;
    this.state = structuredClone(snapshot.state);
    this.at = { epoch: snapshot.epoch, seq: snapshot.through_seq };
    this.fromStorage = !this.truth.model.exists;
  }

  /** What it holds is what the run was at the place where it stands. */
  #check(expected: Expected, frames: number): void {
    if (this.#violation !== undefined) throw this.#violation;
    if (frames > 0 && this.#first !== undefined) {
      const got = this.#first.type === 'run.snapshot' ? this.#first.reason : 'exact';
      // A log that began anew after a loss says so to whoever is older than its base.
      const right = got === expected || (expected === 'trimmed' && got === 'lost');
      if (expected !== undefined && !right) throw new Violation(`${got} where ${expected} was due`);
    }
    if (!this.at || this.fromStorage) return;
    const [mine, right] = [JSON.stringify(this.state), this.truth.stateAt(this.at)];
    // The same members in another order are the same.
    if (mine !== right && !isDeepStrictEqual(JSON.parse(mine), JSON.parse(right)))
      throw new Violation(
        `at ${this.at.epoch}.${this.at.seq} the reader has\n${mine}\nand the run was\n${right}`,
      );
  }

  #compareBytes({ id, data }: { id?: string; data: string }): void {
    const { from_seq: from, type } = data === '[DONE]' ? {} : (JSON.parse(data) as Record<string, unknown>);
    if (id === undefined || type === 'run_snapshot') return;
    const key = `${id} from ${String(from)}`;
    const known = this.bytesAt.get(key);
    if (known !== undefined && known !== data)
      throw new Violation(`two frames at ${key}:\n${known}\n${data}`);
    this.bytesAt.set(key, data);
  }
}

/** A reader whose reads take so many events, whatever is asked for. */
function limited(reader: RunReader, limit: number): RunReader {
  return {
    runId: reader.runId,
    conversationId: reader.conversationId,
    get ended() {
      return reader.ended;
    },
    get resumed() {
      return reader.resumed;
    },
    read: () => reader.read({ limit }),
    readNow: () => reader.readNow({ limit }),
    history: () => reader.history(),
    watch: (advanced: () => void) => reader.watch(advanced),
    close: () => reader.close(),
  } as unknown as RunReader;
}

function decodeStrictly(frame: SseFrame): ReturnType<typeof decodeFrame> {
  const decoded = decodeFrame(frame);
  if (decoded.fault ?? decoded.skipped) throw new Violation(`a frame is not understood: ${frame.data}`);
  return decoded;
}

function unavailable(error: unknown): false {
  if (error instanceof MillraceError && error.code === 'log_unavailable') return false;
  throw error;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
