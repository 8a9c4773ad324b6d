import type { ServerResponse } from 'node:http';

/**
 * `response.write(text)` with one write of the socket. Node makes four of it (the chunk's length, the text and two line ends), and
 * lets them wait for a tick to go out together, which costs more than the rest of sending a short text (decision 11). So the chunk is framed
 * here (RFC 9112 §7.1), and Node is told for as long as it takes that there is no framing to be done.
 *
 * An empty text is none, as an empty chunk would end the response. Returns false when the socket has to drain first, as `write` does.
 */
export function writeChunk(response: ServerResponse, text: string): boolean {
  if (!response.chunkedEncoding || text === '') return response.write(text);
  const { socket } = response;
  socket?.cork();
  response.chunkedEncoding = false;
  try {
    return response.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  } finally {
    response.chunkedEncoding = true;
    socket?.uncork();
  }
}
