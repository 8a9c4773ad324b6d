import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { httpFetch } from './http-fetch.js';
import { readBody } from './response-body.js';

/** How an answer was read: its text, and whether it ended. */
interface Reading {
  text: string;
  over: 'end' | 'cut' | 'refused';
}

const HEADS = [
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\n\r\n',
  '\r\nHTTP/1.1 200 OK\r\nX: \r\nTransfer-Encoding: chunked\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n',
  'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n',
];
const line = fc.string({
  unit: fc.constantFrom('a', 'b', '\r', '\n', '0', '1', ';'),
  minLength: 1,
  maxLength: 24,
});
const chunk = line.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`);
/** Some of them right, some not. */
const oddChunk = fc.oneof(
  line.map((text) => `000${text.length.toString(16).toUpperCase()}\r\n${text}\r\n`),
  line.map((text) => `${text.length.toString(16)};a="b"\r\n${text}\r\n`),
  line.map((text) => `${text.length.toString(16)}\r\n${text}`),
  line.map((text) => `${(text.length + 1).toString(16)}\r\n${text}\r\n`),
  line,
);
const end = fc.constantFrom('0\r\n\r\n', '0\r\n\r\n', '00\r\na: b\r\n\r\n', '0\r\n\r\nmore', '0\r\n', '');
const answer = fc
  .tuple(fc.constantFrom(...HEADS), fc.array(fc.oneof({ weight: 9, arbitrary: chunk }, oddChunk)), end)
  .map((parts) => parts.flat().join(''));

/** The empty line in the body is not the one that ends the head, and what follows it is no chunk. */
const emptyLine = `${HEADS[0]}b\r\na\r\n\r\n1\r\nb\r\n\r\n0\r\n\r\n`;
const cutInHeadEnd = [1, 2, 3].map((before): [string, number[]] => [emptyLine, [HEADS[0]!.length - before]]);

describe('the body of a provider is read as Node reads it', () => {
  let server: Server;
  let url: string;
  let pieces: readonly string[] = [];

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => void writeAll(socket));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => server.close());

  /** Each piece is a read of its own, as long as reads are not limited: the reader is in the same process, and has its turn. */
  async function writeAll(socket: Socket): Promise<void> {
    socket.setNoDelay(true);
    for (const piece of pieces) {
      socket.write(piece, 'latin1');
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    // What is not whole by now never will be.
    socket.end();
  }

  async function readByUs(): Promise<Reading> {
    try {
      const response = await httpFetch(url);
      return await new Promise((resolve) => {
        let text = '';
        const over = (how: Reading['over']) => () => resolve({ text, over: how });
        const bytes = (part: Uint8Array) => (text += Buffer.from(part).toString('latin1'));
        readBody(response, { bytes, read: () => undefined, end: over('end'), cut: over('cut') });
      });
    } catch {
      return { text: '', over: 'refused' };
    }
  }

  function readByNode(): Promise<Reading> {
    return new Promise((resolve) => {
      const request = http.get(url, { agent: false }, (message) => {
        // The answer has errors of its own.
        request.off('error', refused).on('error', () => undefined);
        let text = '';
        // Of an answer that breaks the stream would drop what waits in it.
        const push: IncomingMessage['push'] = message.push.bind(message);
        message.push = (part: Buffer | null) => {
          text += part?.toString('latin1') ?? '';
          return part === null ? push(null) : true;
        };
        message.resume();
        message.on('end', () => resolve({ text, over: 'end' }));
        message.on('error', () => resolve({ text, over: 'cut' }));
      });
      const refused = () => resolve({ text: '', over: 'refused' });
      request.on('error', refused);
    });
  }

  it('wherever it is cut, and whatever is wrong with it', async () => {
    await fc.assert(
      fc.asyncProperty(answer, fc.array(fc.nat(), { maxLength: 12 }), async (text, cuts) => {
        const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        pieces = [0, ...places].map((from, index) => text.slice(from, places[index])).filter(Boolean);
        const [ours, nodes] = [await readByUs(), await readByNode()];
        expect(ours).toEqual(nodes);
      }),
      { numRuns: 400, examples: cutInHeadEnd },
    );
  });
});
