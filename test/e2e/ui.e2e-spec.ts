import { FaultProxy } from '../support/fault-proxy.js';
import { scripts } from '../support/scripted-openai/index.js';
import { UiWorld } from '../support/ui-world.js';
import type { UiPage } from '../support/ui-page.js';

const { answer, calling, done, finish, gate, reasoning, saying, slow, text, toolCalls, turns, usage } =
  scripts;

const site = UiWorld.use();

const pathOf = (ui: UiPage): string => new URL(ui.page.url()).pathname;

describe('[UI-01] a chat turn', () => {
  it('streams an answer, and says what is happening', async () => {
    const ui = await site.open();
    await ui.shot('start');
    await ui.choose('slow');
    await ui.ask('Count to three');
    await ui.stop.waitFor();
    expect(pathOf(ui)).toMatch(/^\/c\/[0-9a-f]{24}$/);
    await site.world.openai.release();
    await ui.shows(ui.answerText, 'one');
    expect(await ui.answers.last().getAttribute('aria-busy')).toBe('true');
    await ui.shows(ui.status, 'Generating an answer');
    expect(await ui.send.count()).toBe(0);
    expect(await ui.box.inputValue()).toBe('');
    await site.world.openai.release('gate', 3);
    await ui.shows(ui.answerText, 'one two three');
    await ui.idle();
    await ui.shows(ui.status, 'The answer is finished');
    expect(await ui.answers.last().getAttribute('aria-busy')).toBe('false');
    await ui.page
      .getByRole('navigation')
      .getByRole('link', { name: /Count to three/ })
      .waitFor();
    expect(await ui.transcript.getAttribute('aria-live')).toBe('off');
    await ui.page.getByText('10 tokens in, 5 out').waitFor();
  });

  it('shows reasoning while it is written, and folds it afterwards', async () => {
    await site.world.openai.push(
      answer(reasoning('First ', 'thoughts'), gate(), text('Then words'), finish(), usage(), done()),
    );
    const ui = await site.open();
    await ui.ask('Think');
    await ui.shows(ui.page.locator('.reasoning-text'), 'First thoughts');
    await ui.shot('reasoning');
    await site.world.openai.release();
    await ui.idle();
    const fold = ui.page.getByRole('button', { name: /Thought for/ });
    expect(await fold.getAttribute('aria-expanded')).toBe('false');
    await fold.click();
    await ui.shows(ui.page.locator('.reasoning-text'), 'First thoughts');
  });

  it('shows a refusal as one', async () => {
    const ui = await site.open();
    await ui.choose('refusal');
    await ui.ask('Something bad');
    await ui.page.getByText('I cannot help with that.').waitFor();
    await ui.page.getByText('The model refused').waitFor();
    await ui.idle();
  });

  it('sends the conversation’s history with the next prompt, in the same conversation', async () => {
    const ui = await site.open();
    await ui.choose('plain');
    await ui.ask('First');
    await ui.shows(ui.answerText, 'Hello wörld');
    await ui.idle();
    const path = pathOf(ui);
    await ui.ask('Second');
    await ui.until('document.querySelectorAll(".answer-footer").length === 2');
    expect(pathOf(ui)).toBe(path);
    const { body } = await site.world.openai.received(2);
    expect(
      (body as { messages: { role: string; content: string }[] }).messages.map(({ content }) => content),
    ).toEqual(['First', 'Hello wörld', 'Second']);
  });
});

describe('[UI-01] an answer that is interrupted', () => {
  it('goes on after a reload in the middle: nothing is lost, nothing doubled, the model is asked once', async () => {
    const ui = await site.open();
    await ui.choose('slow');
    await ui.ask('Count');
    await site.world.openai.release();
    await ui.shows(ui.answerText, 'one');
    await ui.page.reload();
    await ui.shows(ui.answerText, 'one');
    await ui.stop.waitFor();
    await site.world.openai.release('gate', 3);
    await ui.shows(ui.answerText, 'one two three');
    await ui.idle();
    expect(await ui.answers.count()).toBe(1);
    expect(await site.world.openai.requests()).toHaveLength(1);
    await ui.page.reload();
    await ui.shows(ui.answerText, 'one two three');
    expect(await ui.page.locator('.bubble').allInnerTexts()).toEqual(['Count']);
  });

  it('goes on after the connection broke, and says so meanwhile', async () => {
    const proxy = await FaultProxy.start(site.world.server.url);
    try {
      const ui = await site.open(
        { expectedErrors: /ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE|ERR_SOCKET/ },
        '/',
        proxy.url,
      );
      await ui.choose('slow');
      await ui.ask('Count');
      await site.world.openai.release();
      await ui.shows(ui.answerText, 'one');
      proxy.impose({ refuses: true });
      proxy.cut();
      await site.world.openai.release('gate', 3);
      await ui.page.getByText(/Reconnecting \(\d+\)/).waitFor();
      await ui.until("getComputedStyle(document.querySelector('.chip')).opacity === '1'");
      await ui.shot('reconnecting');
      expect(await ui.answerText.innerText()).toBe('one');
      proxy.impose();
      await ui.shows(ui.answerText, 'one two three');
      await ui.idle();
      expect(await ui.page.getByText(/Reconnecting/).count()).toBe(0);
      expect(await site.world.openai.requests()).toHaveLength(1);
    } finally {
      await proxy.stop();
    }
  });

  it('is stopped by the button, keeps what was written, and shows the same after a reload', async () => {
    const ui = await site.open();
    await ui.choose('slow');
    await ui.ask('Count');
    await site.world.openai.release();
    await ui.shows(ui.answerText, 'one');
    await ui.stop.click();
    await ui.idle();
    await ui.page.getByText('Stopped.').waitFor();
    await ui.page.getByText('4 characters are kept.').waitFor();
    await ui.shows(ui.status, 'The answer was stopped');
    expect((await site.world.openai.closed(1)).closedBy).toBe('client');
    await ui.shot('stopped');
    await ui.page.reload();
    await ui.shows(ui.answerText, 'one');
    await ui.page.getByText('Stopped.').waitFor();
  });

  it('is stopped by Escape, but not by an Escape that closes something', async () => {
    const ui = await site.open();
    await ui.choose('slow');
    await ui.ask('Count');
    await site.world.openai.received(1);
    await ui.page.getByRole('button', { name: /^Tools/ }).click();
    await ui.page.keyboard.press('Escape');
    await ui.until('!document.querySelector(":popover-open")');
    expect(await ui.stop.count()).toBe(1);
    await ui.page.keyboard.press('Escape');
    await ui.idle();
    await ui.page.getByText('Nothing had been written yet.').waitFor();
  });

  it('goes on while the reader is in another conversation', async () => {
    const ui = await site.open();
    await ui.choose('slow');
    await ui.ask('Count slowly');
    await site.world.openai.release();
    await ui.shows(ui.answerText, 'one');
    await ui.page.getByRole('link', { name: 'New chat' }).click();
    await ui.page.getByRole('heading', { name: 'What shall we work on?' }).waitFor();
    expect(await ui.send.count()).toBe(1);
    await site.world.openai.release('gate', 3);
    await ui.page.goBack();
    await ui.shows(ui.answerText, 'one two three');
  });
});

describe('an answer that fails', () => {
  it('shows the error in its place, and Retry asks again', async () => {
    const ui = await site.open();
    await ui.choose('cut');
    await ui.ask('Say hello');
    await ui.idle();
    await ui.shows(ui.answerText, 'Hello');
    await ui.page.getByText('This answer failed').waitFor();
    await ui.page.getByText('upstream_cut').waitFor();
    await ui.shows(ui.status, 'The answer failed');
    await ui.shot('failed');
    await site.world.openai.push(saying('All is well'));
    await ui.button('Retry').click();
    await ui.shows(ui.answerText, 'All is well');
    // The answer that failed is another version of this one.
    expect(await ui.page.locator('.bubble').allInnerTexts()).toEqual(['Say hello']);
    await ui.button('Previous version').click();
    await ui.page.getByText('upstream_cut').waitFor();
  });

  it('offers no Retry for what would fail again', async () => {
    const ui = await site.open();
    await ui.choose('bad-request');
    await ui.ask('Hello');
    await ui.page.getByText('This answer failed').waitFor();
    await ui.idle();
    expect(await ui.button('Retry').count()).toBe(0);
  });

  it('shows why a prompt was refused, and gives it back to be changed', async () => {
    const ui = await site.open({ expectedErrors: /status of 4\d\d/ });
    await ui.choose('plain');
    const prompt = 'x'.repeat(262_145);
    await ui.ask(prompt);
    await ui.page.getByText('The message was not sent').waitFor();
    await ui.page.getByText('invalid_request').waitFor();
    expect(await ui.box.inputValue()).toBe(prompt);
    await ui.idle();
  });
});

describe('tools', () => {
  it('shows a call with its live arguments, its state and its result', async () => {
    const call = { id: 'k1', name: 'builtin__calculate', args: { expression: '6*7' } };
    const opening = toolCalls([call]);
    await site.world.openai.script(
      'custom',
      turns(
        answer(opening.slice(0, 3), gate(), opening.slice(3), finish('tool_calls'), usage(), done()),
        saying('It is 42.'),
      ),
    );
    const ui = await site.open();
    await ui.choose('custom');
    await ui.ask('What is 6 times 7?');
    const card = ui.page.getByRole('button', { name: /calculate/ });
    await card.filter({ hasText: 'Writing the arguments' }).waitFor();
    await card.click();
    await ui.page.locator('.tool-text').filter({ hasText: '{"expr' }).waitFor();
    await site.world.openai.release();
    await card.filter({ hasText: /Done/ }).waitFor();
    await ui.shows(ui.page.locator('.tool-text').first(), '{"expression":"6*7"}');
    await ui.page.locator('.tool-text').nth(1).filter({ hasText: '42' }).waitFor();
    await ui.shows(ui.answerText, 'It is 42.');
    await ui.shot('tool');
    await ui.page.reload();
    await ui.page.getByRole('button', { name: /calculate.*Done/ }).waitFor();
  });

  it('shows a call that failed as failed', async () => {
    await site.world.openai.script(
      'custom',
      turns(
        calling({ id: 'k1', name: 'builtin__calculate', args: { expression: '1/' } }),
        saying('It broke.'),
      ),
    );
    const ui = await site.open();
    await ui.choose('custom');
    await ui.ask('Break');
    await ui.page.getByRole('button', { name: /calculate.*Failed/ }).waitFor();
    await ui.shows(ui.answerText, 'It broke.');
  });

  it('lists the servers with their state, and sends the chosen ones', async () => {
    const ui = await site.open();
    await ui.choose('plain');
    await ui.page.getByRole('button', { name: 'Tools (1)' }).click();
    await ui.page.getByRole('checkbox', { name: /^builtin/ }).waitFor();
    await ui.page.getByRole('checkbox', { name: /^everything/ }).check();
    await ui.page.getByRole('checkbox', { name: /^builtin/ }).uncheck();
    await ui.shot('servers');
    await ui.page.keyboard.press('Escape');
    await ui.ask('Hi');
    await ui.idle();
    const { body } = await site.world.openai.received(1);
    const names = (body as { tools: { function: { name: string } }[] }).tools.map(
      (tool) => tool.function.name,
    );
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => name.startsWith('everything__'))).toBe(true);
    await ui.page.getByRole('button', { name: 'Tools (1)' }).click();
    await ui.page.getByRole('checkbox', { name: /^everything.*connected/ }).waitFor();
  });
});

describe('two tabs', () => {
  it('show the same run, and either can stop it', async () => {
    const first = await site.open();
    await first.choose('slow');
    await first.ask('Count');
    await site.world.openai.release();
    await first.shows(first.answerText, 'one');
    const second = await site.tab(first, pathOf(first));
    await second.shows(second.answerText, 'one');
    await site.world.openai.release();
    await first.shows(first.answerText, 'one two');
    await second.shows(second.answerText, 'one two');
    await second.stop.click();
    for (const ui of [first, second]) {
      await ui.idle();
      await ui.page.getByText('Stopped.').waitFor();
      await ui.shows(ui.answerText, 'one two');
    }
  });

  it('hear of each other’s prompts', async () => {
    const first = await site.open();
    await first.choose('plain');
    await first.ask('From the first');
    await first.idle();
    const second = await site.tab(first, pathOf(first));
    await second.shows(second.answerText, 'Hello wörld');
    await site.world.openai.push(slow(['Good ', 'morning']));
    await second.ask('From the second');
    await first.page.getByText('From the second').waitFor();
    await site.world.openai.release('gate', 3);
    await first.shows(first.answerText, 'Good morning');
    await second.shows(second.answerText, 'Good morning');
    expect(await first.answers.count()).toBe(2);
    expect(await second.answers.count()).toBe(2);
  });
});
