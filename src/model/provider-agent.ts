import http from 'node:http';
import https from 'node:https';
import type { OnReadOpts, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Is told when all of one read of a socket was given to the listeners of its data. */
export interface SocketReader {
  socketRead(): void;
}

const READER = Symbol('reader');
type ReadSocket = Socket & { [READER]?: SocketReader };
const NOBODY: SocketReader = { socketRead: () => undefined };

/** As much as Node reads at once. */
const bytesRead = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The agent of connections to providers, which all read into one buffer (`onread` of `net.connect`): what came is given to the listeners of `data`
 * as a part of it, and is theirs until they return. Node's parser of HTTP, the one listener they have, copies what it hands on; only the
 * `rawPacket` of its errors is such a part. By itself Node makes a buffer for each read and hands it through a Readable, which plans a tick
 * after it; and nobody could tell where one read ends (decision 11).
 *
 * Through a proxy that Node was told of (`NODE_USE_ENV_PROXY`) a connection is Node's own, and reads as Node does it.
 */
export function agentFor({ protocol }: URL): http.Agent {
  return protocol === 'https:' ? secure : plain;
}

/**
 * Tells `reader` of each read of a socket from now on, or nobody. False when it has not read into the one buffer: it is Node's own, or
 * nothing has come yet.
 */
export function tellReads(socket: ReadSocket, reader: SocketReader = NOBODY): boolean {
  if (!socket[READER]) return false;
  socket[READER] = reader;
  return true;
}

class PlainAgent extends http.Agent {
  override createConnection(...[options, created]: Parameters<http.Agent['createConnection']>) {
    return intoOneBuffer((reading) => super.createConnection({ ...options, ...reading }, created));
  }
}

class SecureAgent extends https.Agent {
  override createConnection(...[options, created]: Parameters<https.Agent['createConnection']>) {
    return intoOneBuffer((reading) => super.createConnection({ ...options, ...reading }, created));
  }
}

function intoOneBuffer(connect: (reading: { onread: OnReadOpts }) => Duplex | null | undefined) {
  const give = (length: number) => {
    // Whoever is to be told no more because of what was read is told of this read.
    const reader = (socket[READER] ??= NOBODY);
    socket.emit('data', bytesRead.subarray(0, length));
    reader.socketRead();
    return true;
  };
  const socket = connect({ onread: { buffer: bytesRead, callback: give } }) as ReadSocket;
  return socket;
}

const ofNode = http.globalAgent as unknown as { readonly options: http.AgentOptions };
const plain = new PlainAgent(ofNode.options);
const secure = new SecureAgent(ofNode.options);
