import { heapUsed, withPage } from './chromium.js';

export const PAGE = 'long-answer';
const MEGABYTE = 1024 * 1024;

/**
 * What an answer of a megabyte leaves in the page's heap once it has ended: the run as it was read, and what shows it. A short answer
 * before it has made the page compile what it needs for any.
 */
export async function longAnswer({ browser, origin, say, targets }) {
  say('\n### An answer of a megabyte that has ended\n');
  for (const language of ['en', 'zh']) {
    const { kept, bytes } = await withPage(browser, `${origin}${PAGE}.html`, async (tab, cdp) => {
      await tab.waitForFunction('globalThis.bench !== undefined');
      await tab.evaluate(answerOf({ language, bytes: MEGABYTE / 20, seed: 1 }));
      const before = await heapUsed(cdp);
      const answer = await tab.evaluate(answerOf({ language, bytes: MEGABYTE, seed: 1000 }));
      if (answer.bytes < MEGABYTE || answer.shown < answer.bytes / 4)
        throw new Error(`The answer was not shown whole: ${JSON.stringify(answer)}`);
      return { kept: (await heapUsed(cdp)) - before, bytes: answer.bytes };
    });
    const ratio = ((kept / bytes) * MEGABYTE) / 1e6;
    say(`- ${language}: ${ratio.toFixed(2)} MB of the page’s heap.`);
    targets.atMost(`an answer of 1 MB, ended, ${language}`, ratio, 3, 'MB of heap');
  }
}

const answerOf = (what) => `bench.answer(${JSON.stringify(what)})`;
