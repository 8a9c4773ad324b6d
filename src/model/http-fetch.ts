import http from 'node:http';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';

const LONGEST_ERROR_BODY = 64 * 1024;

const messages = new WeakMap<Response, IncomingMessage>();

/**
 * A `fetch` over node:http for the model client, for three reasons: the built-in one gives up after 300 s without a byte, whatever
 * the clocks of Millrace say; it follows redirects, which would carry prompts to another address; and its web streams
 * cost more than the rest of reading a chunk (performance.md: 1.2-1.7 times).
 *
 * The body of a good answer is not in the Response: `incomingMessage` gives it. The body of an error is, up to 64 KiB. Rejects
 * when no answer comes: the connection fails, or `init.signal` aborts, which also closes the socket later on.
 */
export async function httpFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const sent = await send(input, init);
    if (sent !== 'stale') return sent;
  }
}

/** `stale` means that the provider had closed the idle connection just before it was used again: no provider failed. */
function send(input: string | URL | Request, init: RequestInit): Promise<Response | 'stale'> {
  return new Promise((resolve, reject) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { request: open } = url.protocol === 'https:' ? https : http;
    const headers = new Headers(init.headers);
    headers.set('accept-encoding', 'identity');
    const request = open(url, {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(headers),
      signal: init.signal ?? undefined,
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve('stale');
      else reject(error);
    });
    request.on('response', (message) => {
      toResponse(message).then(resolve, reject);
    });
    request.end(typeof init.body === 'string' ? init.body : undefined);
  });
}

/** The answer behind a Response of `httpFetch`, or undefined for a Response of another fetch. */
export function incomingMessage(response: Response): IncomingMessage | undefined {
  return messages.get(response);
}

async function toResponse(message: IncomingMessage): Promise<Response> {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const isGood = status >= 200 && status < 300;
  const body = isGood ? '' : await readSome(message);
  const response = new Response(body === '' ? null : body, { status, headers });
  if (isGood) messages.set(response, message);
  return response;
}

async function readSome(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_ERROR_BODY) break;
  }
  return Buffer.concat(chunks).subarray(0, LONGEST_ERROR_BODY).toString('utf8');
}
