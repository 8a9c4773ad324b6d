import { LIMIT_BYTES, firstLoad } from '../../scripts/check-bundle.js';
import { scripts } from '../support/scripted-openai/index.js';
import { UiWorld } from '../support/ui-world.js';

const { answer, done, finish, gate, saying, text, usage } = scripts;

const site = UiWorld.use();

describe('Chinese', () => {
  it('speaks Chinese to a Chinese browser, and an input method’s Enter does not send', async () => {
    const ui = await site.open({ language: 'zh' });
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
    const ui = await site.open();
    await ui.button('Settings').click();
    await ui.page.getByRole('radio', { name: '中文' }).check();
    await ui.page.getByRole('heading', { name: '今天想聊点什么？' }).waitFor();
    await ui.page.reload();
    await ui.page.getByRole('textbox', { name: '消息' }).waitFor();
    expect(await ui.page.evaluate('document.documentElement.lang')).toBe('zh-CN');
  });
});

describe('the message box', () => {
  it('takes Shift+Enter as a new line, grows, and keeps its text while an answer streams and over a reload', async () => {
    const ui = await site.open();
    await ui.choose('slow');
    await ui.ask('Count');
    await ui.stop.waitFor();
    const height = 'document.querySelector("textarea").offsetHeight';
    const before = await ui.page.evaluate<number>(height);
    await ui.box.pressSequentially('one');
    await ui.box.press('Shift+Enter');
    await ui.box.pressSequentially('two');
    expect(await ui.box.inputValue()).toBe('one\ntwo');
    expect(await ui.page.evaluate<number>(height)).toBeGreaterThan(before);
    expect(await ui.page.locator('.bubble').count()).toBe(1);
    await ui.page.reload();
    await ui.stop.waitFor();
    expect(await ui.box.inputValue()).toBe('one\ntwo');
    await site.world.openai.release('gate', 4);
    await ui.idle();
    await ui.box.press('Enter');
    await ui.until('document.querySelectorAll(".bubble").length === 2');
    expect(await ui.box.inputValue()).toBe('');
  });

  it('does not send what is blank', async () => {
    const ui = await site.open();
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
    await site.world.openai.push(
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
    const ui = await site.open();
    await ui.ask('Write much');
    await ui.page.getByText('Paragraph 20.').waitFor();
    expect(await ui.page.evaluate(distance)).toBe(0);
    expect(await ui.button('Jump to latest').count()).toBe(0);
    await ui.page.locator('.transcript').hover();
    await ui.page.mouse.wheel(0, -200);
    await ui.button('Jump to latest').waitFor();
    const top = await ui.page.evaluate('document.querySelector(".transcript").scrollTop');
    await site.world.openai.release();
    await ui.page.getByText('Paragraph 40.').waitFor({ state: 'attached' });
    expect(await ui.page.evaluate('document.querySelector(".transcript").scrollTop')).toBe(top);
    await ui.shot('released');
    await ui.button('Jump to latest').click();
    expect(await ui.page.evaluate(distance)).toBe(0);
    await site.world.openai.release();
    await ui.page.getByText('Last.').waitFor();
    await ui.idle();
    await ui.until(`${distance} === 0`);
  });

  it('follows again when the reader comes back to the end', async () => {
    await site.world.openai.push(
      answer(text(...paragraphs(1)), gate(), text(...paragraphs(21)), finish(), usage(), done()),
    );
    const ui = await site.open();
    await ui.ask('Write much');
    await ui.page.getByText('Paragraph 20.').waitFor();
    await ui.transcript.focus();
    await ui.page.keyboard.press('PageUp');
    await ui.button('Jump to latest').waitFor();
    await ui.page.keyboard.press('End');
    await ui.until(`!document.querySelector('.jump-button')`);
    await site.world.openai.release();
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
    const ui = await site.open(phone);
    await ui.shot('phone-start');
    await site.world.openai.push(saying(`${'long'.repeat(60)}\n\n`, '```\n', 'x'.repeat(300), '\n```\n'));
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
    const ui = await site.open({ colorScheme });
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
    const ui = await site.open({ colorScheme: 'light' });
    await ui.button('Settings').click();
    await ui.page.getByRole('radio', { name: 'Dark' }).check();
    await ui.shot('settings-dark');
    const dark = await ui.page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    await ui.page.reload();
    expect(await ui.page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(await ui.page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(dark);
  });

  it('says when there is no such conversation', async () => {
    const ui = await site.open({ expectedErrors: /status of 404/ }, '/c/0123456789abcdef01234567');
    await ui.page.getByText('There is no such conversation.').waitFor();
    await ui.shot('missing');
  });

  it('can be used by the keyboard alone', async () => {
    const ui = await site.open();
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
    const response = await fetch(site.world.server.url);
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
