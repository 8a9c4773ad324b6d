import { scripts } from '../support/scripted-openai/index.js';
import type { UiPage } from '../support/ui-page.js';
import { UiWorld } from '../support/ui-world.js';

const { answer, done, finish, gate, saying, text, usage } = scripts;

const site = UiWorld.use();

const pathOf = (ui: UiPage): string => new URL(ui.page.url()).pathname;
const waiting = (ui: UiPage) => ui.page.getByRole('article', { name: 'Your waiting message' });
const held = (words: string) => answer(text(words), gate(), finish(), usage(), done());

/** A page on which an answer is being written. */
async function answering(): Promise<UiPage> {
  await site.world.openai.push(held('First'));
  const ui = await site.open();
  await ui.choose('custom');
  await ui.ask('one');
  await ui.shows(ui.answerText, 'First');
  return ui;
}

/** Types a message and presses Enter while another is being answered. */
async function queue(ui: UiPage, ...prompts: string[]): Promise<void> {
  for (const prompt of prompts) {
    const before = await waiting(ui).count();
    await ui.box.fill(prompt);
    await ui.box.press('Enter');
    await waiting(ui).nth(before).getByText('Waiting').waitFor();
  }
}

async function questionsSent(): Promise<string[][]> {
  return (await site.world.openai.requests()).map(({ body }) =>
    (body as { messages: { role: string; content: string }[] }).messages
      .filter(({ role }) => role === 'user')
      .map(({ content }) => content),
  );
}

describe('[UI-12] messages that are sent while an answer is being written', () => {
  it('wait, are answered in their order, and hold no connection', async () => {
    const ui = await answering();
    await ui.box.fill('two');
    await ui.button('Queue message').click();
    await waiting(ui).filter({ hasText: 'two' }).getByText('Waiting').waitFor();
    expect(await ui.box.inputValue()).toBe('');
    // With a stream for each of them the browser would have no connection left for anything else.
    await queue(ui, 'three', 'four', 'five', 'six', 'seven');
    await ui.shot('queue');
    await ui.page.getByRole('searchbox').fill('nothing like this');
    await ui.page.getByText('Nothing found for “nothing like this”.').waitFor();
    for (const word of ['two', 'three', 'four', 'five', 'six', 'seven'])
      await site.world.openai.push(saying(`Answer ${word}`));
    await site.world.openai.release();
    await ui.shows(ui.answerText, 'Answer seven');
    await ui.idle();
    expect(await waiting(ui).count()).toBe(0);
    expect(await ui.page.locator('.answer-footer').count()).toBe(7);
    const questions = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
    expect(await questionsSent()).toEqual(questions.map((_, index) => questions.slice(0, index + 1)));
  });

  it('are shown as they are stored after a reload, and in another tab', async () => {
    const ui = await answering();
    await queue(ui, 'two');
    const other = await site.tab(ui, pathOf(ui));
    await waiting(other).filter({ hasText: 'two' }).waitFor();
    await queue(ui, 'three');
    await waiting(other).filter({ hasText: 'three' }).waitFor();
    await ui.page.reload();
    await waiting(ui).filter({ hasText: 'three' }).waitFor();
    await site.world.openai.push(saying('Second'), saying('Third'));
    await site.world.openai.release();
    for (const page of [ui, other]) {
      await page.shows(page.answerText, 'Third');
      await page.idle();
      expect(await page.page.locator('.bubble').allInnerTexts()).toEqual(['one', 'two', 'three']);
    }
  });

  it('go on when the answer is stopped, and the page says so', async () => {
    const ui = await answering();
    await queue(ui, 'two');
    expect(await ui.stop.getAttribute('title')).toBe('Stop this answer; waiting messages go on');
    await site.world.openai.push(saying('Second'));
    await ui.stop.click();
    await ui.page.getByText('Stopped. The next message follows.').waitFor();
    await ui.shows(ui.answerText, 'Second');
    await ui.idle();
    await ui.page.getByText('Stopped.', { exact: true }).waitFor();
  });

  it('are sent at once when they are asked to be', async () => {
    const ui = await answering();
    await queue(ui, 'two', 'three');
    expect(await ui.button('Send now').count()).toBe(1);
    await site.world.openai.push(held('Second'), saying('Third'));
    await ui.button('Send now').click();
    await ui.shows(ui.answerText, 'Second');
    expect((await site.world.openai.closed(1)).closedBy).toBe('client');
    await waiting(ui).filter({ hasText: 'three' }).waitFor();
    await ui.shot('queue-now');
    await site.world.openai.release();
    await ui.shows(ui.answerText, 'Third');
    await ui.idle();
  });

  it('can be taken back: into the message box, or, when that is not empty, to be undone', async () => {
    const ui = await answering();
    await queue(ui, 'two', 'three');
    const takeBack = (words: string) =>
      waiting(ui).filter({ hasText: words }).getByRole('button', { name: 'Take back' }).click();
    await takeBack('two');
    await ui.until(`document.querySelector('.composer-box').value === 'two'`);
    expect(await waiting(ui).count()).toBe(1);
    await takeBack('three');
    await ui.page.getByText('The message was taken back.').waitFor();
    expect(await waiting(ui).count()).toBe(0);
    await ui.button('Undo').click();
    await waiting(ui).filter({ hasText: 'three' }).waitFor();
    expect(await ui.box.inputValue()).toBe('two');
    await site.world.openai.push(saying('Third'));
    await site.world.openai.release();
    await ui.shows(ui.answerText, 'Third');
    await ui.idle();
    expect(await questionsSent()).toEqual([['one'], ['one', 'three']]);
    await ui.page.reload();
    await ui.shows(ui.answerText, 'Third');
    expect(await ui.page.locator('.bubble').allInnerTexts()).toEqual(['one', 'three']);
    expect(await ui.page.locator('.branch-switch').count()).toBe(0);
  });

  it('stay when they cannot be taken back, and are given back when they are refused', async () => {
    await site.world.openai.push(held('First'));
    const ui = await site.open({ expectedErrors: /status of (404|429)/ });
    await ui.choose('custom');
    await ui.ask('one');
    await ui.shows(ui.answerText, 'First');
    await queue(ui, 'two');
    await ui.page.route('**/cancel', (route) =>
      route.fulfill({ status: 404, json: { code: 'run_not_found', retryable: false } }),
    );
    await ui.button('Take back').click();
    await ui.page.getByRole('alert').getByText('The message could not be taken back.').waitFor();
    await waiting(ui).filter({ hasText: 'two' }).waitFor();
    await ui.page.route('**/completions', (route) =>
      route.fulfill({ status: 429, json: { code: 'rate_limited', detail: 'Enough.', retryable: false } }),
    );
    await ui.box.fill('three');
    await ui.box.press('Enter');
    await ui.page.getByText('Enough.').waitFor();
    expect(await ui.box.inputValue()).toBe('three');
    await site.world.openai.push(saying('Second'));
    await site.world.openai.release();
    await ui.idle();
    await ui.shows(ui.page.locator('.block-text').nth(1), 'Second');
  });
});

describe('[UI-12] messages in the queue of a phone, in Chinese', () => {
  it('fit', async () => {
    await site.world.openai.push(held('第一个回答'));
    const ui = await site.open({
      language: 'zh',
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      colorScheme: 'dark',
    });
    await ui.choose('custom');
    await ui.ask('第一条');
    await ui.shows(ui.answerText, '第一个回答');
    await ui.box.fill('这是一条排队的消息，它很长，长到在手机上需要换行才能完整显示出来');
    await ui.button('排队发送').tap();
    await ui.page.getByText('排队中', { exact: true }).waitFor();
    await ui.shot('zh-phone-queue');
    expect(await ui.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await site.world.openai.push(saying('好'));
    await ui.button('立即发送').tap();
    await ui.shows(ui.answerText, '好');
    await ui.idle();
  });
});
