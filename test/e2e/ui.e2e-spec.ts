import type { Browser } from 'playwright-core';
import { LIMIT_BYTES, firstLoad } from '../../scripts/check-bundle.js';
import { launchBrowser } from '../support/browser.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { scripts } from '../support/scripted-openai/index.js';
import { UiPage, type UiOptions } from '../support/ui-page.js';
import { World } from '../support/world.js';

const { answer, calling, done, finish, gate, reasoning, saying, slow, text, toolCalls, turns, usage } =
  scripts;

let world: World;
let browser: Browser;
let open: UiPage[];

beforeAll(async () => {
  // The scripted models come first in the list; `custom` takes whatever a test scripts.
  world = await World.start({ MODEL_MAX_RETRIES: '0' }, ['custom']);
  browser = await launchBrowser();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await world.stop();
});
beforeEach(() => {
  open = [];
});
afterEach(async () => {
  const faults = await Promise.all(open.map((ui) => ui.close()));
  await world.openai.reset();
  expect(faults.flat()).toEqual([]);
});

async function openUi(options: UiOptions = {}, path = '/', base = world.server.url): Promise<UiPage> {
  const ui = await UiPage.open(browser, base + path, options);
  open.push(ui);
  return ui;
}

async function openTab(other: UiPage, path: string): Promise<UiPage> {
  const ui = await UiPage.tab(other.page.context(), world.server.url + path);
  open.push(ui);
  return ui;
}

const pathOf = (ui: UiPage): string => new URL(ui.page.url()).pathname;

describe('[UI-01] a chat turn', () => {
  it('streams an answer, and says what is happening', async () => {
    const ui = await openUi();
    await ui.shot('start');
    await ui.choose('slow');
    await ui.ask('Count to three');
    await ui.stop.waitFor();
    expect(pathOf(ui)).toMatch(/^\/c\/[0-9a-f]{24}$/);
    await world.openai.release();
    await ui.shows(ui.answerText, 'one');
    expect(await ui.answers.last().getAttribute('aria-busy')).toBe('true');
    await ui.shows(ui.status, 'Generating an answer');
    expect(await ui.send.count()).toBe(0);
    expect(await ui.box.inputValue()).toBe('');
    await world.openai.release('gate', 3);
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
    await world.openai.push(
      answer(reasoning('First ', 'thoughts'), gate(), text('Then words'), finish(), usage(), done()),
    );
    const ui = await openUi();
    await ui.ask('Think');
    await ui.shows(ui.page.locator('.reasoning-text'), 'First thoughts');
    await ui.shot('reasoning');
    await world.openai.release();
    await ui.idle();
    const fold = ui.page.getByRole('button', { name: /Thought for/ });
    expect(await fold.getAttribute('aria-expanded')).toBe('false');
    await fold.click();
    await ui.shows(ui.page.locator('.reasoning-text'), 'First thoughts');
  });

  it('shows a refusal as one', async () => {
    const ui = await openUi();
    await ui.choose('refusal');
    await ui.ask('Something bad');
    await ui.page.getByText('I cannot help with that.').waitFor();
    await ui.page.getByText('The model refused').waitFor();
    await ui.idle();
  });

  it('sends the conversation’s history with the next prompt, in the same conversation', async () => {
    const ui = await openUi();
    await ui.choose('plain');
    await ui.ask('First');
    await ui.shows(ui.answerText, 'Hello wörld');
    await ui.idle();
    const path = pathOf(ui);
    await ui.ask('Second');
    await ui.until('document.querySelectorAll(".answer-footer").length === 2');
    expect(pathOf(ui)).toBe(path);
    const { body } = await world.openai.received(2);
    expect(
      (body as { messages: { role: string; content: string }[] }).messages.map(({ content }) => content),
    ).toEqual(['First', 'Hello wörld', 'Second']);
  });
});

describe('[UI-01] an answer that is interrupted', () => {
  it('goes on after a reload in the middle: nothing is lost, nothing doubled, the model is asked once', async () => {
    const ui = await openUi();
    await ui.choose('slow');
    await ui.ask('Count');
    await world.openai.release();
    await ui.shows(ui.answerText, 'one');
    await ui.page.reload();
    await ui.shows(ui.answerText, 'one');
    await ui.stop.waitFor();
    await world.openai.release('gate', 3);
    await ui.shows(ui.answerText, 'one two three');
    await ui.idle();
    expect(await ui.answers.count()).toBe(1);
    expect(await world.openai.requests()).toHaveLength(1);
    await ui.page.reload();
    await ui.shows(ui.answerText, 'one two three');
    expect(await ui.page.locator('.bubble').allInnerTexts()).toEqual(['Count']);
  });

  it('goes on after the connection broke, and says so meanwhile', async () => {
    const proxy = await FaultProxy.start(world.server.url);
    try {
      const ui = await openUi(
        { expectedErrors: /ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE|ERR_SOCKET/ },
        '/',
        proxy.url,
      );
      await ui.choose('slow');
      await ui.ask('Count');
      await world.openai.release();
      await ui.shows(ui.answerText, 'one');
      proxy.impose({ refuses: true });
      proxy.cut();
      await world.openai.release('gate', 3);
      await ui.page.getByText(/Reconnecting \(\d+\)/).waitFor();
      await ui.until("getComputedStyle(document.querySelector('.chip')).opacity === '1'");
      await ui.shot('reconnecting');
      expect(await ui.answerText.innerText()).toBe('one');
      proxy.impose();
      await ui.shows(ui.answerText, 'one two three');
      await ui.idle();
      expect(await ui.page.getByText(/Reconnecting/).count()).toBe(0);
      expect(await world.openai.requests()).toHaveLength(1);
    } finally {
      await proxy.stop();
    }
  });

  it('is stopped by the button, keeps what was written, and shows the same after a reload', async () => {
    const ui = await openUi();
    await ui.choose('slow');
    await ui.ask('Count');
    await world.openai.release();
    await ui.shows(ui.answerText, 'one');
    await ui.stop.click();
    await ui.idle();
    await ui.page.getByText('Stopped.').waitFor();
    await ui.page.getByText('4 characters are kept.').waitFor();
    await ui.shows(ui.status, 'The answer was stopped');
    expect((await world.openai.closed(1)).closedBy).toBe('client');
    await ui.shot('stopped');
    await ui.page.reload();
    await ui.shows(ui.answerText, 'one');
    await ui.page.getByText('Stopped.').waitFor();
  });

  it('is stopped by Escape, but not by an Escape that closes something', async () => {
    const ui = await openUi();
    await ui.choose('slow');
    await ui.ask('Count');
    await world.openai.received(1);
    await ui.page.getByRole('button', { name: /^Tools/ }).click();
    await ui.page.keyboard.press('Escape');
    await ui.until('!document.querySelector(":popover-open")');
    expect(await ui.stop.count()).toBe(1);
    await ui.page.keyboard.press('Escape');
    await ui.idle();
    await ui.page.getByText('Nothing had been written yet.').waitFor();
  });

  it('goes on while the reader is in another conversation', async () => {
    const ui = await openUi();
    await ui.choose('slow');
    await ui.ask('Count slowly');
    await world.openai.release();
    await ui.shows(ui.answerText, 'one');
    await ui.page.getByRole('link', { name: 'New chat' }).click();
    await ui.page.getByRole('heading', { name: 'What shall we work on?' }).waitFor();
    expect(await ui.send.count()).toBe(1);
    await world.openai.release('gate', 3);
    await ui.page.goBack();
    await ui.shows(ui.answerText, 'one two three');
  });
});

describe('an answer that fails', () => {
  it('shows the error in its place, and Retry asks again', async () => {
    const ui = await openUi();
    await ui.choose('cut');
    await ui.ask('Say hello');
    await ui.idle();
    await ui.shows(ui.answerText, 'Hello');
    await ui.page.getByText('This answer failed').waitFor();
    await ui.page.getByText('upstream_cut').waitFor();
    await ui.shows(ui.status, 'The answer failed');
    await ui.shot('failed');
    await world.openai.push(saying('All is well'));
    await ui.button('Retry').click();
    await ui.shows(ui.answerText, 'All is well');
    expect(await ui.page.locator('.bubble').allInnerTexts()).toEqual(['Say hello', 'Say hello']);
    await ui.page.reload();
    await ui.page.getByText('upstream_cut').waitFor();
  });

  it('offers no Retry for what would fail again', async () => {
    const ui = await openUi();
    await ui.choose('bad-request');
    await ui.ask('Hello');
    await ui.page.getByText('This answer failed').waitFor();
    await ui.idle();
    expect(await ui.button('Retry').count()).toBe(0);
  });

  it('shows why a prompt was refused, and gives it back to be changed', async () => {
    const ui = await openUi({ expectedErrors: /status of 4\d\d/ });
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
    await world.openai.script(
      'custom',
      turns(
        answer(opening.slice(0, 3), gate(), opening.slice(3), finish('tool_calls'), usage(), done()),
        saying('It is 42.'),
      ),
    );
    const ui = await openUi();
    await ui.choose('custom');
    await ui.ask('What is 6 times 7?');
    const card = ui.page.getByRole('button', { name: /calculate/ });
    await card.filter({ hasText: 'Writing the arguments' }).waitFor();
    await card.click();
    await ui.page.locator('.tool-text').filter({ hasText: '{"expr' }).waitFor();
    await world.openai.release();
    await card.filter({ hasText: /Done/ }).waitFor();
    await ui.shows(ui.page.locator('.tool-text').first(), '{"expression":"6*7"}');
    await ui.page.locator('.tool-text').nth(1).filter({ hasText: '42' }).waitFor();
    await ui.shows(ui.answerText, 'It is 42.');
    await ui.shot('tool');
    await ui.page.reload();
    await ui.page.getByRole('button', { name: /calculate.*Done/ }).waitFor();
  });

  it('shows a call that failed as failed', async () => {
    await world.openai.script(
      'custom',
      turns(
        calling({ id: 'k1', name: 'builtin__calculate', args: { expression: '1/' } }),
        saying('It broke.'),
      ),
    );
    const ui = await openUi();
    await ui.choose('custom');
    await ui.ask('Break');
    await ui.page.getByRole('button', { name: /calculate.*Failed/ }).waitFor();
    await ui.shows(ui.answerText, 'It broke.');
  });

  it('lists the servers with their state, and sends the chosen ones', async () => {
    const ui = await openUi();
    await ui.choose('plain');
    await ui.page.getByRole('button', { name: 'Tools (1)' }).click();
    await ui.page.getByRole('checkbox', { name: /^builtin/ }).waitFor();
    await ui.page.getByRole('checkbox', { name: /^everything/ }).check();
    await ui.page.getByRole('checkbox', { name: /^builtin/ }).uncheck();
    await ui.shot('servers');
    await ui.page.keyboard.press('Escape');
    await ui.ask('Hi');
    await ui.idle();
    const { body } = await world.openai.received(1);
    const names = (body as { tools: { function: { name: string } }[] }).tools.map(
      (tool) => tool.function.name,
    );
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => name.startsWith('everything__'))).toBe(true);
    await ui.page.getByRole('button', { name: 'Tools (1)' }).click();
    await ui.page.getByRole('checkbox', { name: /^everything.*connected/ }).waitFor();
  });
});

describe('Chinese', () => {
  it('speaks Chinese to a Chinese browser, and an input method’s Enter does not send', async () => {
    const ui = await openUi({ language: 'zh' });
    expect(await ui.page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    await ui.page.getByRole('heading', { name: '今天想聊点什么？' }).waitFor();
    await ui.shot('zh-start');
    await ui.choose('chinese');
    await ui.box.focus();
    const cdp = await ui.cdp();
    await cdp.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 });
    const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 };
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...enter });
    await cdp.send('Input.insertText', { text: '你好' });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
    expect(await ui.box.inputValue()).toBe('你好');
    expect(await ui.answers.count()).toBe(0);
    // Longer than Safari needs between the end of a composition and its Enter.
    await ui.page.waitForTimeout(80);
    await ui.box.press('Enter');
    await ui.shows(ui.answerText, '你好，世界🌏');
    await ui.idle();
    expect(await ui.page.locator('.bubble').innerText()).toBe('你好');
    await ui.shows(ui.status, '回答已完成');
    await ui.shot('zh-answer');
  });

  it('changes the language at once, and remembers it', async () => {
    const ui = await openUi();
    await ui.button('Settings').click();
    await ui.page.getByRole('radio', { name: '中文' }).check();
    await ui.page.getByRole('heading', { name: '今天想聊点什么？' }).waitFor();
    await ui.page.reload();
    await ui.page.getByRole('textbox', { name: '消息' }).waitFor();
    expect(await ui.page.evaluate('document.documentElement.lang')).toBe('zh-CN');
  });
});

describe('two tabs', () => {
  it('show the same run, and either can stop it', async () => {
    const first = await openUi();
    await first.choose('slow');
    await first.ask('Count');
    await world.openai.release();
    await first.shows(first.answerText, 'one');
    const second = await openTab(first, pathOf(first));
    await second.shows(second.answerText, 'one');
    await world.openai.release();
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
    const first = await openUi();
    await first.choose('plain');
    await first.ask('From the first');
    await first.idle();
    const second = await openTab(first, pathOf(first));
    await second.shows(second.answerText, 'Hello wörld');
    await world.openai.push(slow(['Good ', 'morning']));
    await second.ask('From the second');
    await first.page.getByText('From the second').waitFor();
    await world.openai.release('gate', 3);
    await first.shows(first.answerText, 'Good morning');
    await second.shows(second.answerText, 'Good morning');
    expect(await first.answers.count()).toBe(2);
    expect(await second.answers.count()).toBe(2);
  });
});

describe('the message box', () => {
  it('takes Shift+Enter as a new line, grows, and keeps its text while an answer streams and over a reload', async () => {
    const ui = await openUi();
    await ui.choose('slow');
    await ui.ask('Count');
    await ui.stop.waitFor();
    const height = 'document.querySelector("textarea").offsetHeight';
    const before = await ui.page.evaluate<number>(height);
    await ui.box.pressSequentially('one');
    await ui.box.press('Shift+Enter');
    await ui.box.pressSequentially('two');
    await ui.box.press('Enter');
    expect(await ui.box.inputValue()).toBe('one\ntwo');
    expect(await ui.page.evaluate<number>(height)).toBeGreaterThan(before);
    expect(await ui.page.locator('.bubble').count()).toBe(1);
    await ui.page.reload();
    await ui.stop.waitFor();
    expect(await ui.box.inputValue()).toBe('one\ntwo');
    await world.openai.release('gate', 4);
    await ui.idle();
    await ui.box.press('Enter');
    await ui.until('document.querySelectorAll(".bubble").length === 2');
    expect(await ui.box.inputValue()).toBe('');
  });

  it('does not send what is blank', async () => {
    const ui = await openUi();
    await ui.box.fill('  \n ');
    await ui.box.press('Enter');
    expect(await ui.send.isDisabled()).toBe(true);
    expect(await ui.answers.count()).toBe(0);
  });
});

describe('scrolling', () => {
  const distance = `(() => { const { scrollHeight, scrollTop, clientHeight } = document.querySelector('.transcript');
    return Math.round(scrollHeight - scrollTop - clientHeight); })()`;
  const paragraphs = (from: number) =>
    Array.from({ length: 20 }, (_, index) => `Paragraph ${from + index}.\n\n`);

  it('follows the answer until the reader scrolls up, and again from “Jump to latest”', async () => {
    await world.openai.push(
      answer(
        text(...paragraphs(1)),
        gate(),
        text(...paragraphs(21)),
        gate(),
        text('Last.'),
        finish(),
        usage(),
        done(),
      ),
    );
    const ui = await openUi();
    await ui.ask('Write much');
    await ui.page.getByText('Paragraph 20.').waitFor();
    expect(await ui.page.evaluate(distance)).toBe(0);
    expect(await ui.button('Jump to latest').count()).toBe(0);
    await ui.page.locator('.transcript').hover();
    await ui.page.mouse.wheel(0, -200);
    await ui.button('Jump to latest').waitFor();
    const top = await ui.page.evaluate('document.querySelector(".transcript").scrollTop');
    await world.openai.release();
    await ui.page.getByText('Paragraph 40.').waitFor({ state: 'attached' });
    expect(await ui.page.evaluate('document.querySelector(".transcript").scrollTop')).toBe(top);
    await ui.shot('released');
    await ui.button('Jump to latest').click();
    expect(await ui.page.evaluate(distance)).toBe(0);
    await world.openai.release();
    await ui.page.getByText('Last.').waitFor();
    await ui.idle();
    await ui.until(`${distance} === 0`);
  });

  it('follows again when the reader comes back to the end', async () => {
    await world.openai.push(
      answer(text(...paragraphs(1)), gate(), text(...paragraphs(21)), finish(), usage(), done()),
    );
    const ui = await openUi();
    await ui.ask('Write much');
    await ui.page.getByText('Paragraph 20.').waitFor();
    await ui.transcript.focus();
    await ui.page.keyboard.press('PageUp');
    await ui.button('Jump to latest').waitFor();
    await ui.page.keyboard.press('End');
    await ui.until(`!document.querySelector('.jump-button')`);
    await world.openai.release();
    await ui.page.getByText('Paragraph 40.').waitFor();
    await ui.idle();
    await ui.until(`${distance} === 0`);
  });
});

describe('the page', () => {
  it('fits a phone: no sideways scrolling, a drawer, 16 px in the box', async () => {
    const phone = {
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
      deviceScaleFactor: 2,
    };
    const ui = await openUi(phone);
    await ui.shot('phone-start');
    await world.openai.push(saying(`${'long'.repeat(60)}\n\n`, '```\n', 'x'.repeat(300), '\n```\n'));
    await ui.ask('Something with a very long title that does not fit into the top bar of a phone');
    await ui.idle();
    expect(await ui.page.evaluate('[innerWidth, document.documentElement.scrollWidth]')).toEqual([360, 360]);
    expect(await ui.page.evaluate('getComputedStyle(document.querySelector("textarea")).fontSize')).toBe(
      '16px',
    );
    await ui.shot('phone-answer');
    await ui.button('Show sidebar').click();
    await ui.page
      .getByRole('dialog')
      .getByRole('link', { name: /Something with/ })
      .waitFor();
    await ui.shot('phone-drawer');
    await ui.page.keyboard.press('Escape');
    await ui.until('!document.querySelector("dialog[open]")');
  });

  it.each(['light', 'dark'] as const)('has enough contrast in %s', async (colorScheme) => {
    const ui = await openUi({ colorScheme });
    const pairs = [
      ['--text', '--surface'],
      ['--text', '--bubble'],
      ['--text-muted', '--surface'],
      ['--text-muted', '--surface-sunken'],
      ['--text-muted', '--surface-raised'],
      ['--text-muted', '--surface-hover'],
      ['--text', '--code-bg'],
      ['--accent', '--surface'],
      ['--on-accent', '--accent'],
      ['--danger', '--danger-surface'],
      ['--danger', '--surface-raised'],
      ['--warning', '--warning-surface'],
    ];
    const ratios = await ui.page.evaluate<[string, number][]>(`(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      const luminance = (name) => {
        probe.style.color = 'var(' + name + ')';
        const channels = getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map((value) => value / 255);
        const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      return ${JSON.stringify(pairs)}.map(([one, other]) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return [one + ' on ' + other, (light + 0.05) / (dark + 0.05)];
      });
    })()`);
    expect(ratios.filter(([, ratio]) => !(ratio >= 4.5))).toEqual([]);
    await ui.choose('plain');
    await ui.ask('Hello');
    await ui.idle();
    await ui.shot(`answer-${colorScheme}`);
  });

  it('keeps a chosen theme from the first paint on', async () => {
    const ui = await openUi({ colorScheme: 'light' });
    await ui.button('Settings').click();
    await ui.page.getByRole('radio', { name: 'Dark' }).check();
    await ui.shot('settings-dark');
    const dark = await ui.page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    await ui.page.reload();
    expect(await ui.page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(await ui.page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(dark);
  });

  it('says when there is no such conversation', async () => {
    const ui = await openUi({ expectedErrors: /status of 404/ }, '/c/0123456789abcdef01234567');
    await ui.page.getByText('There is no such conversation.').waitFor();
    await ui.shot('missing');
  });

  it('can be used by the keyboard alone', async () => {
    const ui = await openUi();
    await ui.choose('plain');
    await ui.box.focus();
    await ui.page.keyboard.type('Hello');
    await ui.page.keyboard.press('Enter');
    await ui.shows(ui.answerText, 'Hello wörld');
    await ui.idle();
    const reached = new Set<string>();
    for (let press = 0; press < 40; press += 1) {
      await ui.page.keyboard.press('Tab');
      reached.add(
        await ui.page.evaluate<string>(
          '(document.activeElement.ariaLabel ?? document.activeElement.innerText).split("\\n")[0]',
        ),
      );
    }
    const needed = [
      'Hide sidebar',
      'New chat',
      'Settings',
      'Conversation',
      'Copy answer',
      'Ask again',
      'Message',
      'Model',
    ];
    expect(needed.filter((name) => !reached.has(name))).toEqual([]);
  });

  it('holds a strict policy, and its first JavaScript stays under the limit', async () => {
    const response = await fetch(world.server.url);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/);
    const files = firstLoad();
    expect(files.map(({ file }) => file)).toContain('theme.js');
    expect(files.length).toBeGreaterThanOrEqual(2);
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(LIMIT_BYTES);
  });
});
