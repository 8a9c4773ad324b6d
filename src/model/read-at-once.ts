import type { Socket } from 'node:net';
import { Readable } from 'node:stream';

/** Is told when all of one read of a socket was given to the listeners of its data. */
export interface SocketReader {
  socketRead(): void;
}

const READER = Symbol('reader');
type ReadSocket = Socket & { [READER]?: SocketReader };

/**
 * Hands what a socket reads to its listeners at once, until `readAsNode`, and tells `reader` after each read. As a Readable it would plan a
 * tick after each, to see whether it has room for more, and nobody could tell where one read ends (decision 11). False when something
 * is not in order for that: the socket rests, or something waits in it.
 */
export function readAtOnce(socket: ReadSocket, reader: SocketReader): boolean {
  if (!socket.readableFlowing || socket.readableLength > 0) return false;
  socket[READER] = reader;
  socket.push = pushAtOnce;
  return true;
}

export function readAsNode(socket: ReadSocket): void {
  socket[READER] = undefined;
  // Not deleted: V8 makes a dictionary of an object that loses a property.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called as a method of the socket
  socket.push = Readable.prototype.push;
}

function pushAtOnce(this: ReadSocket, chunk: Buffer | null): boolean {
  const reader = this[READER];
  if (chunk === null || !reader || !this.readableFlowing) return Readable.prototype.push.call(this, chunk);
  this.emit('data', chunk);
  reader.socketRead();
  return true;
}
