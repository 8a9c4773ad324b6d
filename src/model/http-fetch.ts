import http from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import https from 'node:https';
import { forgetHeaders } from '../http/forget-headers.js';
import { agentFor } from './provider-agent.js';
import { answerBegins } from './socket-reads.js';

const LONGEST_ERROR_BODY = 64 * 1024;
/** The openai package tells providers of the machine that it runs on. Each header is kept as long as its answer comes. */
const TELEMETRY = 'x-stainless-';

const messages = new WeakMap<Response, IncomingMessage>();

/**
 * A `fetch` over node:http for the model client, for three reasons: the built-in one gives up after 300 s without a byte, whatever
 * the clocks of Millrace say; it follows redirects, which would carry prompts to another address; and its web streams
 * cost more than the rest of reading a chunk (1.2 to 1.7 times, measured).
 *
 * The body of a good answer is not in the Response: `incomingMessage` gives it, and whoever takes it closes it. The body of an error is,
 * up to 64 KiB. Rejects when no answer comes: the connection fails, or `init.signal` aborts, which after the answer does nothing.
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
    const { signal } = init;
    if (signal?.aborted) return reject(signal.reason as Error);
    const { request: open } = url.protocol === 'https:' ? https : http;
    const body = typeof init.body === 'string' ? init.body : '';
    const headers = new Headers(init.headers);
    headers.set('accept-encoding', 'identity');
    if (body !== '') headers.set('content-length', `${Buffer.byteLength(body)}`);
    const request = open(url, {
      agent: agentFor(url),
      method: init.method ?? 'GET',
      headers: Object.fromEntries([...headers].filter(([name]) => !name.startsWith(TELEMETRY))),
    });
    const forgetSignal = signal ? destroyOnAbort(request, signal) : ignore;
    const onError = (error: NodeJS.ErrnoException) => {
      forgetSignal();
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve('stale');
      else reject(error);
    };
    const onResponse = (message: IncomingMessage) => {
      answerBegins(message);
      // The request lives as long as its answer, and would keep what its listeners know. The answer has errors of its own.
      request.off('response', onResponse).off('error', onError).on('error', ignore);
      toResponse(message).finally(forgetSignal).then(resolve, reject);
    };
    request.on('error', onError);
    request.on('response', onResponse);
    // The headers by themselves become one string; else Node keeps the tree that it made of them, for as long.
    if (body !== '') request.flushHeaders();
    request.end(body);
    forgetHeaders(request);
  });
}

/** As the `signal` of a request, which keeps nine listeners at it for as long as the answer comes. Returns the function that ends it. */
function destroyOnAbort(request: ClientRequest, signal: AbortSignal): () => void {
  const abort = () => request.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}

function ignore(): void {}

/** The answer behind a Response of `httpFetch`, or undefined for a Response of another fetch. */
export function incomingMessage(response: Response): IncomingMessage | undefined {
  return messages.get(response);
}

async function toResponse(message: IncomingMessage): Promise<Response> {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (let at = 0; at < message.rawHeaders.length; at += 2)
    headers.append(message.rawHeaders[at]!, message.rawHeaders[at + 1]!);
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
