import { once } from 'node:events';
import { WORDS } from '../words.js';
import { open } from './open.js';

/** The first text of an answer, in whatever format. */
const FIRST_TEXT = new RegExp(`"${WORDS[0]}"|@[0-9a-z]+;`);

let held = [];

/**
 * Opens `streams` responses (one for each of `urls`, where those are given) and keeps them open. Resolves once each has given its
 * first text; `stalled` ones are not read any further, the others are read on.
 */
export async function holdOpen({ url, urls, body, headers, streams = urls?.length, stalled = false }) {
  const runs = [];
  for (let at = 0; at < streams; at += 50) {
    const some = Array.from({ length: Math.min(50, streams - at) }, (_, index) => urls?.[at + index] ?? url);
    runs.push(...(await Promise.all(some.map((one) => begin({ url: one, body, headers }, stalled)))));
  }
  return { runs };
}

async function begin(request, stalled) {
  const response = await open(request);
  response.on('error', () => undefined);
  await firstText(response);
  if (stalled) response.pause();
  else response.resume();
  held.push(response);
  return response.headers['x-run-id'];
}

function firstText(response) {
  let text = '';
  return new Promise((resolve, reject) => {
    const look = (piece) => {
      text += piece;
      if (!FIRST_TEXT.test(text)) return;
      response.off('data', look);
      resolve();
    };
    response.on('data', look);
    response.on('end', () =>
      reject(new Error(`A response ended before its first text: ${text.slice(0, 200)}`)),
    );
  });
}

/** Waits until all of them have ended by themselves. */
export async function readOut() {
  await Promise.all(held.map((response) => response.readableEnded || once(response, 'close')));
  held = [];
  return {};
}

/** Closes all of them. */
export async function letGo() {
  for (const response of held) response.destroy();
  held = [];
  return {};
}
