import type { IncomingMessage } from 'node:http';
import type { OnReadOpts, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ChunkedCoding } from './chunked-coding.js';
import { ReadLimit } from './read-limit.js';

export interface SocketReader {
  /** A part of the body, to be read until this returns. */
  socketBytes(part: Buffer): void;
  /** All of one read was given, here or to the listeners of the socket's data. */
  socketRead(): void;
}

const READS = Symbol('reads');
type ReadSocket = Socket & { [READS]?: SocketReads };

/** What a socket has read, as much as Node reads at once. All sockets read into it. */
const bytesRead = Buffer.allocUnsafeSlow(64 * 1024);
const [CR, LF] = [0x0d, 0x0a];
const HEAD_END = '\r\n\r\n';

/**
 * Makes a connection whose reads go into one buffer (`onread` of `net.connect`): what came is given to the listeners of `data` as a part
 * of it, and is theirs until they return. Node's parser of HTTP, the one listener they have, copies what it hands on; only the `rawPacket`
 * of its errors is such a part. By itself Node makes a buffer for each read and hands it through a Readable, which plans a tick after it;
 * and nobody could tell where one read ends (decision 11).
 */
export function readIntoOneBuffer(connect: (reading: { onread: OnReadOpts }) => Duplex | null | undefined) {
  const give = (length: number) => (socket[READS] ??= new SocketReads(socket)).give(length);
  const socket = connect({ onread: { buffer: bytesRead, callback: give } }) as ReadSocket;
  return socket;
}

/**
 * Tells `reader` of each read of a socket from now on, or nobody. False when it has not read into the one buffer: it is Node's own, or
 * nothing has come yet.
 */
export function tellReads(socket: ReadSocket, reader?: SocketReader): boolean {
  const reads = socket[READS];
  if (!reads) return false;
  reads.reader = reader;
  return true;
}

/**
 * For the event `response`, when nothing but the head of an answer was parsed: from here on the chunks of its body are not Node's to parse.
 * They are given to whoever is told of reads, and pushed into the message until somebody is.
 */
export function decodeBody(message: IncomingMessage): void {
  (message.socket as ReadSocket)[READS]?.decodeBody(message);
}

/** What is being parsed ends with an empty line: a head that ends in it ends there. */
let endsHead = false;

/** What one socket reads. */
class SocketReads {
  reader: SocketReader | undefined;
  readonly #limit: ReadLimit;
  #coding: ChunkedCoding | undefined;

  constructor(private readonly socket: Socket) {
    this.#limit = new ReadLimit(socket);
  }

  decodeBody(message: IncomingMessage): void {
    const { statusCode, httpVersion, headers } = message;
    const isChunked = httpVersion === '1.1' && headers['transfer-encoding'] === 'chunked';
    if (!endsHead || statusCode !== 200 || !isChunked) return;
    this.#coding = new ChunkedCoding();
    this.reader = {
      socketBytes: (part) => message.push(Buffer.from(part)),
      socketRead: () => undefined,
    };
  }

  /** Gives what was read. False when there is to be no read for now. */
  give(length: number): boolean {
    // Whoever is to be told no more because of what was read is told of this read.
    const { reader } = this;
    for (let at = 0; at < length && !this.socket.destroyed;)
      at = this.#coding ? this.#decode(this.#coding, at, length) : this.#parse(at, length);
    reader?.socketRead();
    return this.#limit.allowsNext(length);
  }

  /** Gives Node's parser what may be a head by itself, or all. Returns where that ends. */
  #parse(at: number, length: number): number {
    // An empty line may be cut in two, and the next one is then one of the body.
    const isCut = bytesRead[at] === CR || bytesRead[at] === LF;
    const headEnd = isCut ? -1 : bytesRead.subarray(at, length).indexOf(HEAD_END);
    const end = headEnd === -1 ? length : at + headEnd + HEAD_END.length;
    endsHead = headEnd !== -1;
    this.socket.emit('data', bytesRead.subarray(at, end));
    endsHead = false;
    return end;
  }

  /** Gives a part of a body. Returns where the rest begins that is for Node's parser. */
  #decode(coding: ChunkedCoding, at: number, length: number): number {
    const rest = coding.decode(bytesRead, at, length);
    if (coding.end > coding.start) this.reader?.socketBytes(bytesRead.subarray(coding.start, coding.end));
    if (rest === length) return rest;
    this.#coding = undefined;
    if (coding.withheld !== '' && !this.socket.destroyed)
      this.socket.emit('data', Buffer.from(coding.withheld, 'latin1'));
    return rest;
  }
}
