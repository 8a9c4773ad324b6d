import { ProblemError, networkProblem, readProblem } from './problem.js';
import type { StreamEnvironment } from './environment.js';

type Fetch = StreamEnvironment['fetch'];

/** Gets JSON. Throws ProblemError when the server refuses or cannot be reached. */
export async function getJson(fetch: Fetch, url: string): Promise<unknown> {
  return readJson(await request(fetch, url, { headers: { accept: 'application/json' } }));
}

/** Sends JSON and gets JSON. Throws ProblemError. */
export async function sendJson(
  fetch: Fetch,
  method: 'POST' | 'PUT',
  url: string,
  body: unknown,
): Promise<unknown> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const response = await request(fetch, url, { method, headers, body: JSON.stringify(body) });
  return readJson(response);
}

/** Stops a run for all of its readers; idempotent. Throws ProblemError. */
export async function cancelRun(fetch: Fetch, runId: string): Promise<void> {
  await request(fetch, `/api/runs/${encodeURIComponent(runId)}/cancel`, { method: 'POST' });
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    throw new ProblemError(networkProblem(), error);
  }
}

/** Sends a request. Throws ProblemError when the server refuses or cannot be reached. */
export async function request(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw new ProblemError(networkProblem(), error);
  }
  if (!response.ok) throw new ProblemError(await readProblem(response));
  return response;
}
