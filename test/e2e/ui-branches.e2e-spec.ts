import { scripts } from '../support/scripted-openai/index.js';
import type { UiPage } from '../support/ui-page.js';
import { UiWorld } from '../support/ui-world.js';

const { answer, calling, cut, done, finish, gate, saying, text, turns, usage } = scripts;

const site = UiWorld.use();

const bubbles = (ui: UiPage) => ui.page.locator('.bubble').allInnerTexts();
const pathOf = (ui: UiPage): string => new URL(ui.page.url()).pathname;
const versions = '.branch-switch [aria-hidden]';

/** A conversation of two answered questions. */
async function opened(): Promise<UiPage> {
  await site.world.openai.push(saying('First answer'), saying('Second answer'));
  const ui = await site.open();
  await ui.choose('custom');
  for (const question of ['First', 'Second']) {
    await ui.ask(question);
    await ui.shows(ui.answerText, `${question} answer`);
    await ui.idle();
  }
  return ui;
}

async function questionsSent(): Promise<string[]> {
  const { body } = (await site.world.openai.requests()).at(-1)!;
  return (body as { messages: { role: string; content: string }[] }).messages
    .filter(({ role }) => role === 'user')
    .map(({ content }) => content);
}

describe('[UI-11] asking again', () => {
  it('makes another version in the place of the turn, which can be switched to and fro', async () => {
    const ui = await opened();
    await site.world.openai.push(saying('Another answer'));
    await ui.button('Ask again').last().click();
    await ui.shows(ui.answerText, 'Another answer');
    await ui.idle();
    expect(await bubbles(ui)).toEqual(['First', 'Second']);
    expect(await questionsSent()).toEqual(['First', 'Second']);
    await ui.shows(ui.page.locator(versions), '2 / 2');
    await ui.shot('branch');
    await ui.button('Previous version').click();
    await ui.shows(ui.answerText, 'Second answer');
    await ui.shows(ui.page.locator(versions), '1 / 2');
    await ui.page.reload();
    await ui.shows(ui.answerText, 'Second answer');
    await ui.button('Next version').click();
    await ui.shows(ui.answerText, 'Another answer');
    await site.world.openai.push(saying('Third answer'));
    await ui.ask('Third');
    await ui.shows(ui.answerText, 'Third answer');
    await ui.idle();
    // What follows belongs to its branch.
    await ui.button('Previous version').click();
    await ui.shows(ui.answerText, 'Second answer');
    expect(await bubbles(ui)).toEqual(['First', 'Second']);
    await ui.button('Next version').click();
    await ui.shows(ui.answerText, 'Third answer');
    expect(await bubbles(ui)).toEqual(['First', 'Second', 'Third']);
  });

  it('keeps the place of the view and the focus when versions are switched, also to a shorter one', async () => {
    const long = (word: string) => Array.from({ length: 40 }, (_, index) => `${word} ${index}.\n\n`);
    await site.world.openai.push(saying(...long('First')), saying(...long('Long')), saying('Short'));
    const ui = await site.open();
    await ui.choose('custom');
    await ui.ask('One');
    await ui.page.getByText('First 39.').waitFor();
    await ui.idle();
    await ui.ask('Two');
    await ui.page.getByText('Long 39.').waitFor();
    await ui.idle();
    await ui.button('Ask again').last().click();
    await ui.shows(ui.answerText, 'Short');
    await ui.idle();
    await ui.page.locator('.bubble').last().scrollIntoViewIfNeeded();
    const top = `Math.round([...document.querySelectorAll('.bubble')].at(-1).getBoundingClientRect().top)`;
    await ui.button('Previous version').click();
    await ui.page.getByText('Long 39.').waitFor();
    const before = await ui.page.evaluate<number>(top);
    await ui.page.keyboard.press('Tab');
    await ui.page.keyboard.press('Enter');
    await ui.shows(ui.answerText, 'Short');
    expect(await ui.page.evaluate(top)).toBe(before);
    expect(await ui.page.evaluate('document.activeElement.ariaLabel')).toBe('Next version');
    await ui.page.keyboard.press('Shift+Tab');
    await ui.page.keyboard.press('Enter');
    await ui.page.getByText('Long 39.').waitFor();
    expect(await ui.page.evaluate(top)).toBe(before);
  });

  it('waits until nothing is being written, and says why', async () => {
    const ui = await opened();
    await ui.choose('slow');
    await ui.ask('Count');
    await ui.stop.waitFor();
    const again = ui.button('Ask again').first();
    expect(await again.getAttribute('aria-disabled')).toBe('true');
    await again.click({ force: true });
    await ui.page.getByText('Not while an answer is being written.').waitFor();
    await ui.box.press('ArrowUp');
    expect(await ui.page.getByRole('textbox', { name: 'Edit message' }).count()).toBe(0);
    await ui.stop.click();
    await ui.idle();
    expect(await again.getAttribute('aria-disabled')).toBe('false');
  });

  it('says when a version cannot be shown, and shows what it showed', async () => {
    const ui = await opened();
    await ui.close();
    const next = await site.open({ expectedErrors: /status of 500/ }, pathOf(ui));
    await next.choose('plain');
    await next.button('Ask again').last().click();
    await next.shows(next.answerText, 'Hello wörld');
    await next.idle();
    await next.page.route('**/branch', (route) =>
      route.fulfill({ status: 500, json: { code: 'internal', detail: 'Not now.' } }),
    );
    await next.button('Previous version').click();
    await next.page.getByRole('alert').getByText('The other version could not be shown. Not now.').waitFor();
    await next.shows(next.answerText, 'Hello wörld');
  });
});

describe('[UI-11] editing', () => {
  it('changes a message in its place: Enter sends, Escape does not, and what was is kept', async () => {
    const ui = await opened();
    const box = ui.page.getByRole('textbox', { name: 'Edit message' });
    await ui.page.locator('.bubble').first().hover();
    await ui.button('Edit message').first().click();
    await box.fill('Not this');
    await ui.shot('edit');
    await box.press('Escape');
    expect(await bubbles(ui)).toEqual(['First', 'Second']);
    await ui.until(`document.activeElement.ariaLabel === 'Edit message'`);
    await ui.page.keyboard.press('Enter');
    await box.press('End');
    await box.pressSequentially(', edited');
    await site.world.openai.push(saying('Edited answer'));
    await box.press('Enter');
    await ui.shows(ui.answerText, 'Edited answer');
    await ui.idle();
    expect(await bubbles(ui)).toEqual(['First, edited']);
    expect(await questionsSent()).toEqual(['First, edited']);
    await ui.button('Previous version').click();
    await ui.shows(ui.answerText, 'Second answer');
    expect(await bubbles(ui)).toEqual(['First', 'Second']);
  });

  it('begins with the last message on Up in the empty message box; an input method’s Enter does not send', async () => {
    const ui = await opened();
    await ui.box.press('ArrowUp');
    const box = ui.page.getByRole('textbox', { name: 'Edit message' });
    await ui.until(`document.activeElement.value === 'Second'`);
    const cdp = await ui.cdp();
    await cdp.send('Input.imeSetComposition', { text: 'hao', selectionStart: 3, selectionEnd: 3 });
    const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 };
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
    await cdp.send('Input.insertText', { text: '好' });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
    expect(await box.inputValue()).toBe('Second好');
    await box.press('Escape');
    await ui.box.fill('a draft');
    await ui.box.press('ArrowUp');
    expect(await box.count()).toBe(0);
  });

  it('gives the way back when the server refuses what was changed', async () => {
    const ui = await opened();
    await ui.close();
    const next = await site.open({ expectedErrors: /status of 422/ }, pathOf(ui));
    await next.page.route('**/completions', (route) =>
      route.fulfill({ status: 422, json: { code: 'invalid_request', detail: 'No.', retryable: false } }),
    );
    await next.box.press('ArrowUp');
    await next.page.getByRole('textbox', { name: 'Edit message' }).fill('Changed');
    await next.page.keyboard.press('Enter');
    await next.page.getByText('The message was not sent').waitFor();
    await next.shows(next.page.locator(versions), '2 / 2');
    await next.button('Previous version').click();
    await next.shows(next.answerText, 'Second answer');
    expect(await bubbles(next)).toEqual(['First', 'Second']);
  });
});

describe('[UI-13] an answer that was cut', () => {
  it('goes on when it is asked to, also after a reload', async () => {
    await site.world.openai.push(
      answer(text('Half an'), finish('length'), usage(), done()),
      saying(' answer'),
    );
    const ui = await site.open();
    await ui.choose('custom');
    await ui.ask('Tell me');
    await ui.page.getByText('The answer reached the length limit of the model.').waitFor();
    await ui.idle();
    await ui.page.reload();
    await ui.page.getByText('The answer reached the length limit of the model.').waitFor();
    await ui.shot('length');
    await ui.choose('custom');
    await ui.button('Continue').click();
    await ui.shows(ui.answerText, 'answer');
    await ui.idle();
    expect(await questionsSent()).toEqual(['Tell me', 'Please continue exactly where you stopped.']);
    // Only the last answer can go on.
    expect(await ui.button('Continue').count()).toBe(0);
    expect(await ui.button('Retry').count()).toBe(1);
  });

  it('is asked to go on in the language of the page', async () => {
    await site.world.openai.push(answer(text('半'), cut()), saying('个回答'));
    const ui = await site.open({ language: 'zh' });
    await ui.choose('custom');
    await ui.ask('讲讲');
    await ui.idle();
    await ui.shot('zh-failed');
    await ui.button('继续').click();
    await ui.shows(ui.answerText, '个回答');
    expect((await questionsSent()).at(-1)).toBe('请从刚才中断的地方接着写。');
  });
});

describe('[UI-14] compacting', () => {
  it('shortens the history for good, after a warning, and says where', async () => {
    await site.world.openai.script(
      'custom',
      turns(
        calling({ id: 'k1', name: 'builtin__calculate', args: { expression: '6*7' } }),
        saying('It is 42.'),
      ),
    );
    const ui = await site.open();
    await ui.choose('custom');
    await ui.ask('What is 6 times 7?');
    await ui.shows(ui.answerText, 'It is 42.');
    await ui.idle();
    await ui.button('Options').click();
    await ui.page.getByRole('menuitem', { name: 'Compact…' }).click();
    const dialog = ui.page.getByRole('dialog', { name: 'Compact the conversation' });
    await dialog.getByRole('slider', { name: /2,000 characters/ }).press('ArrowRight');
    await dialog.getByText('2,500 characters').waitFor();
    await dialog.getByText('This cannot be undone').waitFor();
    await ui.shot('compact');
    await dialog.getByRole('radio', { name: /^Brutal/ }).check();
    expect(await dialog.getByRole('slider').count()).toBe(0);
    await dialog.getByRole('button', { name: 'Compact' }).click();
    await ui.page.getByText(/History compacted: 4 messages became 2/).waitFor();
    expect(await ui.page.getByRole('button', { name: /calculate/ }).count()).toBe(0);
    await ui.shot('compacted');
    await ui.page.reload();
    await ui.page.getByText(/History compacted: 4 messages became 2/).waitFor();
  });

  it('says in the dialog why it failed, and is not offered while an answer is being written', async () => {
    const ui = await site.open({ expectedErrors: /status of 409/ });
    await ui.choose('plain');
    await ui.ask('Hello');
    await ui.idle();
    await ui.page.route('**/compact', (route) =>
      route.fulfill({ status: 409, json: { code: 'conversation_busy', detail: 'Busy.' } }),
    );
    const options = ui.button('Options');
    await options.click();
    await ui.page.getByRole('menuitem', { name: 'Compact…' }).click();
    const dialog = ui.page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Compact' }).click();
    await dialog.getByRole('alert').getByText('Busy.').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await site.world.openai.push(answer(text('Begin'), gate(), finish(), usage(), done()));
    await ui.ask('More');
    await ui.shows(ui.answerText, 'Begin');
    await options.click();
    const item = ui.page.getByRole('menuitem', { name: 'Compact…' });
    expect(await item.getAttribute('aria-disabled')).toBe('true');
    await ui.page.keyboard.press('Escape');
    await site.world.openai.release();
    await ui.idle();
  });
});
