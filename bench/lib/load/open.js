import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';

/** A connection is not used again after a pause: a server may have ended it. */
const agent = new Agent({ keepAlive: true, maxSockets: Infinity, timeout: 1000 });

/** Sends a request (a POST where it has a body) and gives the response as soon as its head is there. */
export function open({ url, body, headers }) {
  return new Promise((resolve, reject) => {
    const type = body && { 'content-type': 'application/json' };
    const request = httpRequest(url, {
      agent,
      method: body ? 'POST' : 'GET',
      headers: { ...type, ...headers },
    });
    request.on('response', resolve);
    request.on('error', reject);
    // Where a client has to name its runs, each has a name of its own.
    request.end(body && JSON.stringify(body).replaceAll('{{unique}}', () => randomUUID()));
  });
}

export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
