import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.js';
import { bundlePage } from '../support/bundle.js';
import { call, MARKDOWN_PAGE, UI_POLICY } from '../support/markdown-page.js';
import { serveFiles, type StaticSite } from '../support/static-site.js';

jest.setTimeout(60_000);

describe('[UI-06] the colours of code in Chromium', () => {
  let browser: Browser;
  let site: StaticSite;
  let page: Page;

  beforeAll(async () => {
    site = await serveFiles(await bundlePage(MARKDOWN_PAGE), { 'content-security-policy': UI_POLICY });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    await page.goto(site.url);
    await call(page, 'mount', 'markdown');
  });
  afterEach(async () => {
    expect(await call(page, 'violations')).toEqual([]);
    await page.close();
  });

  /** Waits until the coloured pieces of all lines are these, as `kind text`. */
  const until = async (expected: string[]) => {
    let colours: string[];
    do {
      await call(page, 'frame');
      colours = await call(page, 'colours');
      expect(colours.length).toBeLessThanOrEqual(expected.length);
    } while (colours.length < expected.length);
    expect(colours).toEqual(expected);
  };

  it('come with each line that is complete, and the line that grows is plain', async () => {
    await call(page, 'append', '```ts\nconst a = 1;\nlet b');
    await until(['keyword const', 'name a', 'number 1']);
    await call(page, 'append', ' = 2;\n/* open\n');
    await until([
      ...['keyword const', 'name a', 'number 1'],
      ...['keyword let', 'name b', 'number 2'],
      'comment /* open',
    ]);
    await call(page, 'append', 'closed */ let c;\n```\n');
    await call(page, 'end');
    await until([
      ...['keyword const', 'name a', 'number 1', 'keyword let', 'name b', 'number 2'],
      ...['comment /* open', 'comment closed */', 'keyword let', 'name c'],
    ]);
    expect(await page.locator('pre code').textContent()).toBe(
      'const a = 1;\nlet b = 2;\n/* open\nclosed */ let c;\n',
    );
  });

  it('come to code in lists and quotes, once it is complete', async () => {
    await call(page, 'append', '- item\n\n  ```py\n  x = "a"\n  ```\n\n> ```sh\n> ls # b\n> ```\n\nend\n');
    await call(page, 'end');
    await until(['string "a"', 'name ls', 'comment # b']);
  });

  it('stay when a late definition of a link has the blocks before it shown anew', async () => {
    await call(
      page,
      'append',
      'See [this].\n\n```ts\nconst a = 1;\n```\n\n- b\n\n  ```ts\n  let c;\n  ```\n\nend\n\n',
    );
    const colours = ['keyword const', 'name a', 'number 1', 'keyword let', 'name c'];
    await until(colours);
    await call(page, 'append', '[this]: /x\n');
    await call(page, 'end');
    expect(await page.locator('a').textContent()).toBe('this');
    expect(await call(page, 'colours')).toEqual(colours);
  });

  it('do not touch code without a language, or in one that is not known', async () => {
    await call(page, 'append', '```\nconst a\n```\n\n```nonsense\nconst b\n```\n\n```ts\nconst c\n```\n');
    await call(page, 'end');
    await until(['keyword const', 'name c']);
    expect(await page.locator('.line').allTextContents()).toEqual(['const a\n', 'const b\n', 'const c\n']);
  });

  it('wait for a selection that touches the line', async () => {
    await call(page, 'append', '```ts\nconst chosen = 1;');
    await call(page, 'frame');
    await call(page, 'select', 'chosen');
    await call(page, 'append', '\nconst other = 2;\n');
    // Whatever would be painted has been painted when another block is.
    await call(page, 'append', '```\n\n```sh\nls # seen\n```\n');
    await until(['name ls', 'comment # seen']);
    expect(await call(page, 'selectedText')).toBe('chosen');
    await call(page, 'unselect');
    await until([
      ...['keyword const', 'name chosen', 'number 1', 'keyword const', 'name other', 'number 2'],
      ...['name ls', 'comment # seen'],
    ]);
  });

  it('come to a long block, too', async () => {
    const lines = 2000;
    await call(page, 'append', '```ts\n');
    for (let at = 0; at < lines; at += 100) await call(page, 'append', 'let a; // b\n'.repeat(100));
    await until(Array.from({ length: lines }, () => ['keyword let', 'name a', 'comment // b']).flat());
    expect(await call(page, 'count', '.line')).toBe(lines);
  });
});
