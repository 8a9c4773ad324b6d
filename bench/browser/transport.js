import { metrics, withPage } from './chromium.js';
import { median } from '../lib/rounds.js';

export const PAGE = 'transport';

/** What the way of an event from the bytes to the blocks costs the page, nothing being rendered: CPU for 1,000 events. */
export async function transport({ browser, origin, rounds, say, targets }) {
  const costs = [];
  for (let round = 0; round < rounds; round += 1)
    costs.push(
      await withPage(browser, `${origin}${PAGE}.html`, async (tab, cdp) => {
        await tab.waitForFunction('globalThis.bench !== undefined');
        await tab.evaluate('bench.prepare(2000)');
        await tab.evaluate('bench.run()');
        await tab.evaluate('bench.prepare(20000)');
        const before = await metrics(cdp);
        const events = await tab.evaluate('bench.run()');
        const after = await metrics(cdp);
        return ((after.TaskDuration - before.TaskDuration) * 1e6) / events;
      }),
    );
  say('\n### From the bytes to the blocks\n');
  say(
    `${median(costs).toFixed(1)} ms of the main thread for 1,000 events of a run of 20,000, four to a read.`,
  );
  targets.atMost('transport and reducer', median(costs), 8, 'ms for 1,000 events');
}
