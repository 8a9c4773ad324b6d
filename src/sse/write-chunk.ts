import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';

/**
 * `response.write(text)` as one write of the socket. Node makes four of it (the chunk's length, the text and two line ends), and lets them
 * wait for a tick to go out together, which costs more than the rest of sending a short text (decision 11). So the chunk is framed here
 * (RFC 9112 §7.1) and given to the socket, unless the response is pipelined behind another and has none yet. The headers must have been flushed.
 *
 * An empty text is none, as an empty chunk would end the response. Returns false when the socket has to drain first, as `write` does; it
 * is the socket then that tells of it.
 */
export function writeChunk(response: ServerResponse, text: string): boolean {
  const { socket } = response;
  if (!response.chunkedEncoding || !socket || text === '') return response.write(text);
  return socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}
