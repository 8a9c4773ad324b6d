import { median } from '../lib/rounds.js';
import { heapUsed, withPage } from './chromium.js';

export const PAGE = 'long-answer';
const BYTES = 1_000_000;

/**
 * What an answer of a megabyte leaves in V8's heap once it has ended and is painted: the run as it was read, its document, and what knows the
 * DOM nodes that show it (these are Blink's, and not counted). A short answer before it has made the page compile what it needs for any.
 */
export async function longAnswer({ browser, origin, rounds, say, targets }) {
  say('\n### An answer of a megabyte that has ended\n');
  for (const language of ['en', 'zh']) {
    const kept = [];
    for (let round = 0; round < rounds; round += 1)
      kept.push(
        await withPage(browser, `${origin}${PAGE}.html`, async (tab, cdp) => {
          await tab.waitForFunction('globalThis.bench !== undefined');
          await tab.evaluate(answerOf({ language, bytes: BYTES / 20, seed: 1 }));
          const before = await heapUsed(cdp);
          const { bytes, characters, shown } = await tab.evaluate(
            answerOf({ language, bytes: BYTES, seed: 1000 }),
          );
          // Marks and addresses are not shown.
          if (bytes < BYTES || shown < characters / 2)
            throw new Error(`The answer was not shown whole: ${shown} of ${characters} characters`);
          // A little more than a megabyte was written.
          return ((await heapUsed(cdp)) - before) / bytes;
        }),
      );
    say(`- ${language}: ${median(kept).toFixed(2)} MB of the page’s heap.`);
    targets.atMost(`an answer of 1 MB, ended, ${language}`, median(kept), 3, 'MB of heap');
  }
}

const answerOf = (what) => `bench.answer(${JSON.stringify(what)})`;
