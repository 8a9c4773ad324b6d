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
/** Whether Node takes heads that end otherwise, too. */
const IS_LENIENT = `${process.execArgv.join(' ')} ${process.env['NODE_OPTIONS'] ?? ''}`.includes(
  '--insecure-http-parser',
);

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
 * For the event `response`: the head of an answer was parsed. If it is that of a body in chunks, of which nothing was parsed, these are not
 * Node's to parse. They are given to whoever is told of reads, and pushed into the message as long as nobody is.
 */
export function answerBegins(message: IncomingMessage): void {
  (message.socket as ReadSocket)[READS]?.answerBegins(message);
}

/** What one socket reads. */
class SocketReads {
  reader: SocketReader | undefined;
  readonly #limit: ReadLimit;
  /** The answer whose end was not parsed yet. */
  #message: IncomingMessage | undefined;
  #coding: ChunkedCoding | undefined;
  #telling: NodeJS.Immediate | undefined;
  /** What is being parsed ends with an empty line: a head that ends in it ends there. */
  #endsHead = false;

  constructor(private readonly socket: Socket) {
    this.#limit = new ReadLimit(socket);
  }

  answerBegins(message: IncomingMessage): void {
    this.#message = message;
    const { statusCode, httpVersion, headers } = message;
    const isChunked = httpVersion === '1.1' && headers['transfer-encoding'] === 'chunked';
    // Others may have no body, whatever they say (RFC 9112 §6.3).
    if (this.#endsHead && statusCode === 200 && isChunked && !IS_LENIENT) this.#coding = new ChunkedCoding();
  }

  /** Gives what was read. False when there is to be no read for now. */
  give(length: number): boolean {
    // Whoever is to be told no more because of what was read is told of this read, unless its end tells it.
    const { reader } = this;
    for (let at = 0; at < length && !this.socket.destroyed;)
      at = this.#coding ? this.#decode(this.#coding, at, length) : this.#parse(at, length);
    if (this.#message?.complete) this.#message = undefined;
    const goesOn = this.#limit.allowsNext(length);
    if (goesOn) reader?.socketRead();
    else this.#tellLater();
    return goesOn;
  }

  /** Once of all records of TLS that come after a pause, because each is given by itself. Of its end an answer tells itself. */
  #tellLater(): void {
    this.#telling ??= setImmediate(() => {
      this.#telling = undefined;
      this.reader?.socketRead();
    });
  }

  /** Gives Node's parser what may be a head by itself, or all. Returns where that ends. */
  #parse(at: number, length: number): number {
    const read = bytesRead.subarray(at, length);
    const head = this.#message ? -1 : endOfHead(read);
    this.#endsHead = head !== -1;
    this.#emit(this.#endsHead ? read.subarray(0, head) : read);
    this.#endsHead = false;
    return head === -1 ? length : at + head;
  }

  /** Gives a part of a body. Returns where the rest begins that is for Node's parser. */
  #decode(coding: ChunkedCoding, at: number, length: number): number {
    const rest = coding.decode(bytesRead, at, length);
    const { start, end, withheld } = coding;
    if (end > start) this.#giveBody(bytesRead.subarray(start, end));
    if (rest === length) return rest;
    this.#coding = undefined;
    if (withheld !== '' && !this.socket.destroyed) this.#emit(Buffer.from(withheld, 'latin1'));
    return rest;
  }

  #giveBody(part: Buffer): void {
    if (this.reader) this.reader.socketBytes(part);
    else if (this.#message?.push(Buffer.from(part)) === false) this.socket.pause();
  }

  /** What comes after an answer, and nobody has asked for, must not be taken for the next one. */
  #emit(bytes: Buffer): void {
    if (!this.socket.emit('data', bytes)) this.socket.destroy();
  }
}

/** Where the first empty line ends, which may be that of a head; -1 when there is none, or it may have begun in the read before. */
function endOfHead(read: Buffer): number {
  if (read[0] === CR || read[0] === LF) return -1;
  const at = read.indexOf(HEAD_END);
  return at === -1 ? -1 : at + HEAD_END.length;
}
