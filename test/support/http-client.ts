import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface HttpRequest {
  method?: string;
  /** Sent as it is: nothing is normalised. */
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

/** Sends one request on a connection of its own, with any header (fetch forbids Host and others), and reads the whole answer. */
export async function send(
  url: string,
  { method = 'GET', path, headers, body }: HttpRequest,
): Promise<HttpAnswer> {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, method, path, headers, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

export function sendJson(
  url: string,
  path: string,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): Promise<HttpAnswer> {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const length = { 'content-length': Buffer.byteLength(text) };
  return send(url, {
    method: 'POST',
    path,
    body: text,
    headers: { 'content-type': 'application/json', ...length, ...headers },
  });
}

export interface RawAnswer extends HttpAnswer {
  /** True when the server closed the connection after it. */
  closed: boolean;
}

/**
 * Writes bytes to a socket as they are and reads answers until the server closes the connection, or until it has been silent
 * for `quietMs` after one. For what no HTTP client would send. Throws when there is no answer.
 */
export async function sendRaw(url: string, bytes: string | Buffer, quietMs = 300): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = Buffer.alloc(0);
  let closed = false;
  let quiet: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      clearTimeout(quiet);
      quiet = setTimeout(resolve, quietMs);
    });
    socket.on('close', () => {
      closed = true;
      resolve();
    });
    socket.on('error', (error) => (received.length > 0 ? resolve() : reject(error)));
    socket.write(bytes);
  });
  clearTimeout(quiet);
  socket.destroy();
  return parseAnswers(received).map((answer) => ({ ...answer, closed }));
}

/** Reads answers that have a Content-Length or none; enough for problems. */
function parseAnswers(bytes: Buffer): HttpAnswer[] {
  const answers: HttpAnswer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) throw new Error(`not an HTTP answer: ${rest.toString()}`);
    const [statusLine = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    ) as IncomingHttpHeaders;
    const length = Number(headers['content-length'] ?? rest.length);
    const body = rest.subarray(end + 4, end + 4 + length).toString();
    answers.push({ status: Number(statusLine.split(' ')[1]), headers, body });
    rest = rest.subarray(end + 4 + length);
  }
  if (answers.length === 0) throw new Error('the server closed the connection without an answer');
  return answers;
}

/** A raw request with these lines of headers. */
export function rawRequest(requestLine: string, headers: readonly string[], body = ''): string {
  return `${[requestLine, ...headers].join('\r\n')}\r\n\r\n${body}`;
}
