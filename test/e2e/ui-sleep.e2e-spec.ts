import { FaultProxy } from '../support/fault-proxy.js';
import type { UiPage } from '../support/ui-page.js';
import { UiWorld } from '../support/ui-world.js';

const site = UiWorld.use();

async function runOf(ui: UiPage): Promise<string> {
  const [round] = await site.world.rounds(new URL(ui.page.url()).pathname.slice('/c/'.length));
  return round!.run_id;
}

test('[FAULT-04] [UI-02] a page whose machine slept for ten minutes sees on waking that its connection is dead, and has the rest at once', async () => {
  const proxy = await FaultProxy.start(site.world.server.url);
  try {
    const ui = await site.open({ expectedErrors: /ERR_/ }, '/', proxy.url);
    await ui.page.clock.install();
    await ui.choose('slow');
    await ui.ask('Count');
    await site.world.openai.release();
    await ui.shows(ui.answerText, 'one');

    // Asleep: nothing runs in the page, and the network has forgotten its connection.
    const cdp = await ui.cdp();
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    proxy.impose({ swallows: true });
    await site.world.openai.release();
    const reader = await site.world.follow(await runOf(ui));
    await reader.frame((item) => JSON.stringify(item).includes('two'));
    proxy.impose();
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await ui.page.clock.setSystemTime(Date.now() + 10 * 60_000);
    expect(await ui.answerText.innerText()).toBe('one');
    await ui.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await ui.shows(ui.answerText, 'one two');
    await site.world.openai.release('gate', 2);
    await ui.shows(ui.answerText, 'one two three');
    await ui.idle();
    expect(await site.world.openai.requests()).toHaveLength(1);
  } finally {
    await proxy.stop();
  }
});
