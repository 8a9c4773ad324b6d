import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { snippets } from '../../client/src/markdown/testing/corpus.js';
import { generateAnswer } from '../../client/src/markdown/testing/generator.js';
import { hostileAnswers } from '../../client/src/markdown/testing/hostile.js';
import { launchBrowser } from '../support/browser.js';
import { bundlePage } from '../support/bundle.js';
import { call, MARKDOWN_PAGE, UI_POLICY } from '../support/markdown-page.js';
import { serveFiles } from '../support/static-site.js';
import type { StaticSite } from '../support/static-site.js';

const FORBIDDEN_ELEMENTS =
  'main :is(script, img, iframe, svg, math, object, embed, link, style, meta, base, form, video, audio, template, details, body)';
// Some of these stream megabytes, and the machine may be busy with other tests.
jest.setTimeout(180_000);

describe('[UI-03] streamed markdown in Chromium', () => {
  let browser: Browser;
  let site: StaticSite;
  let strictSite: StaticSite;
  let page: Page;

  beforeAll(async () => {
    const files = await bundlePage(MARKDOWN_PAGE);
    site = await serveFiles(files);
    strictSite = await serveFiles(files, { 'content-security-policy': UI_POLICY });
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await strictSite?.close();
  });

  beforeEach(async () => {
    page = await browser.newPage();
    await page.goto(site.url);
  });

  afterEach(async () => {
    await page.close();
  });

  /** Streams pieces with a frame after each. */
  async function streamInto(...pieces: string[]): Promise<void> {
    for (const piece of pieces) {
      await call(page, 'append', piece);
      await call(page, 'frame');
    }
  }

  describe('shows what marked gives for the whole text', () => {
    it.each([3, 7, 40])('for every snippet, in pieces of up to %i characters', async (longest) => {
      const cases = snippets.flatMap(({ name, source }) =>
        [1, 2, 3].map((seed) => ({ name: `${name}, seed ${seed}`, source, seed, longest })),
      );
      expect(await call(page, 'compare', cases)).toEqual([]);
    });

    it.each(['en', 'zh'] as const)('for 40 generated answers, %s', async (language) => {
      const cases = Array.from({ length: 40 }, (_, seed) => ({
        name: `answer ${seed}`,
        source: generateAnswer(seed, language),
        seed,
        longest: 1 + (seed % 20),
      }));
      expect(await call(page, 'compare', cases)).toEqual([]);
    });

    it('and the comparison sees a difference', async () => {
      await call(page, 'mount', 'markdown');
      await streamInto('**bold** [link](/x)\n\n- item\n');
      await call(page, 'end');
      expect(await call(page, 'canonical')).toBe(
        await call(page, 'canonicalReference', '**bold** [link](/x)\n\n- item\n'),
      );
      for (const other of [
        '*bold* [link](/x)\n\n- item\n',
        '**bold** [link](/y)\n\n- item\n',
        '**bold** [link](/x)\n\n1. item\n',
      ])
        expect(await call(page, 'canonical')).not.toBe(await call(page, 'canonicalReference', other));
    });
  });

  describe('shows, at any time, what its frames say', () => {
    it.each([1, 5, 20])('for every snippet, in pieces of up to %i characters', async (longest) => {
      const cases = snippets.map(({ name, source }) => ({ name, source, seed: longest, longest }));
      expect(await call(page, 'compareFrames', cases)).toEqual([]);
    });

    it.each(['en', 'zh'] as const)('for 8 generated answers, %s', async (language) => {
      const cases = Array.from({ length: 8 }, (_, seed) => ({
        name: `answer ${seed}`,
        source: generateAnswer(seed, language),
        seed,
        longest: 1 + 3 * seed,
      }));
      expect(await call(page, 'compareFrames', cases)).toEqual([]);
    });
  });

  describe('keeps a text selection', () => {
    it.each([
      [
        'in the live paragraph',
        ['The quick brown fox'],
        'quick brown',
        [' jumps **ov', 'er** the [la', 'zy](/dog) dog.'],
      ],
      [
        'behind spans of the live paragraph',
        ['Some **bold** and `code` then plain text'],
        'plain text',
        [' *more', '* of it'],
      ],
      [
        'inside a bold span that is being written',
        ['It is **very important'],
        'very',
        [' indeed', '** to', ' know'],
      ],
      [
        'in a list item that grows',
        ['- one\n- two words'],
        'two words',
        [' and', ' more\n', '- three\n- four'],
      ],
      ['in a nested item', ['1. a\n   - nested words'], 'nested', [' here', '\n   - next\n', '2. b\n']],
      ['in a heading', ['## A long heading'], 'long', [' that grows', '\n\ntext\n']],
      ['in a quote', ['> quoted words'], 'quoted', [' on\n', '> and on\n', '\nafter\n']],
      [
        'in a sealed paragraph',
        ['First paragraph.\n\nSecond one.\n\nThird'],
        'paragraph',
        [' one.\n\n# Head\n', '- list\n'],
      ],
      [
        'in code that is being written',
        ['```ts\nconst answer = 42;\nlet b'],
        'answer',
        [' = 1;\n', 'more();\n', '```\n', 'after\n\nit\n'],
      ],
      [
        'in the last line of code',
        ['```\nfirst\nsecond line'],
        'second',
        [' goes on', ' and on\n``', '`\n\nafter\n'],
      ],
      [
        'in a table row',
        ['| a | b |\n|---|---|\n| cell one | x |\n| y'],
        'cell one',
        [' | z |\n', '| 1 | 2 |\n| 3 |', ' 4 |\n\nend\n'],
      ],
      [
        'in the paragraph before a late definition',
        ['See the manual now.\n\nOther [text][r].\n\n'],
        'manual',
        ['[r]: /x\n'],
      ],
    ])('%s', async (_name, before, selected, after) => {
      await call(page, 'mount', 'markdown');
      await streamInto(...before);
      await call(page, 'select', selected);
      for (const piece of after) {
        await streamInto(piece);
        expect(await call(page, 'selectedText')).toBe(selected);
      }
      await call(page, 'end');
      expect(await call(page, 'selectedText')).toBe(selected);
    });

    it('in plain lines, also when old lines leave', async () => {
      await call(page, 'mount', 'lines');
      await streamInto('first words\nsecond');
      await call(page, 'select', 'first words');
      await streamInto(' grows\n', 'line\n'.repeat(500));
      expect(await call(page, 'selectedText')).toBe('first words');
    });
  });

  describe('under the strict policy of the server', () => {
    it('runs no script, asks no other origin and violates nothing, whatever an answer holds', async () => {
      const requests: string[] = [];
      const problems: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('console', (message) => problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('dialog', (dialog) => {
        problems.push(dialog.message());
        void dialog.dismiss();
      });
      await page.goto(strictSite.url);
      for (const answer of hostileAnswers) {
        await call(page, 'mount', 'markdown');
        await call(page, 'stream', answer, 1, 16);
        await call(page, 'frame');
        expect(await call(page, 'count', FORBIDDEN_ELEMENTS)).toBe(0);
        expect((await call(page, 'linkTargets')).filter((href) => !/^(?:https?|mailto):/.test(href))).toEqual(
          [],
        );
        expect(await call(page, 'eventAttributes')).toEqual([]);
      }
      expect(await call(page, 'scriptsRun')).toBe(0);
      expect(await call(page, 'violations')).toEqual([]);
      expect(problems).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(strictSite.url))).toEqual([]);
    });

    it('the page would notice: an inline script added to it is a violation', async () => {
      await page.goto(strictSite.url);
      await call(page, 'violatePolicy');
      await call(page, 'frame');
      expect((await call(page, 'violations')).length).toBeGreaterThan(0);
      expect(await call(page, 'scriptsRun')).toBe(0);
    });

    it('links tell their target nothing and open beside the page', async () => {
      await page.goto(strictSite.url);
      await call(page, 'mount', 'markdown');
      await streamInto(
        '[a](https://example.com/x?y=1&z=2 "t") <https://example.org> ![pic](https://example.net/i.png)\n',
      );
      await call(page, 'end');
      expect(await call(page, 'count', 'a')).toBe(3);
      expect(await call(page, 'count', 'a[rel="noopener noreferrer nofollow"][target="_blank"]')).toBe(3);
      expect(await call(page, 'linkTargets')).toEqual([
        'https://example.com/x?y=1&z=2',
        'https://example.org/',
        'https://example.net/i.png',
      ]);
    });
  });

  describe('keeps what is done', () => {
    it('sealed blocks keep their nodes while the answer goes on and when it ends', async () => {
      await call(page, 'mount', 'markdown');
      const answer = generateAnswer(7, 'en', 40);
      const half = answer.slice(0, answer.length / 2);
      for (let start = 0; start < half.length; start += 50)
        await call(page, 'append', half.slice(start, start + 50));
      const sealed = await call(page, 'remember', '.md-sealed, .md-sealed *');
      expect(sealed).toBeGreaterThan(100);
      for (let start = half.length; start < answer.length; start += 50)
        await call(page, 'append', answer.slice(start, start + 50));
      await call(page, 'end');
      expect(await call(page, 'keptNodes')).toBe(sealed);
    });

    it('items of a long list and rows of a long table keep their nodes while it grows', async () => {
      for (const [head, row, selector] of [
        ['', (index: number) => `- item **${index}**\n`, 'li'],
        ['| a | b |\n|---|---|\n', (index: number) => `| ${index} | \`x\` |\n`, 'tbody tr'],
      ] as const) {
        await call(page, 'mount', 'markdown');
        await streamInto(head, ...Array.from({ length: 20 }, (_, index) => row(index)));
        const rows = await call(page, 'remember', selector);
        expect(rows).toBeGreaterThanOrEqual(19);
        await streamInto(...Array.from({ length: 20 }, (_, index) => row(index + 20)));
        await call(page, 'end');
        expect(await call(page, 'count', selector)).toBe(40);
        expect(await call(page, 'keptNodes')).toBe(rows);
      }
    });

    it('drops the tokens of sealed blocks: the heap grows by little more than the text shown', async () => {
      const session = await page.context().newCDPSession(page);
      await session.send('Performance.enable');
      const heap = async (): Promise<number> => {
        await session.send('HeapProfiler.collectGarbage');
        const { metrics } = await session.send('Performance.getMetrics');
        return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
      };
      const answer = generateAnswer(11, 'en', 400);
      await call(page, 'mount', 'markdown');
      await call(page, 'stream', generateAnswer(12, 'en', 40), 8, 100);
      await call(page, 'mount', 'markdown');
      const before = await heap();
      await call(page, 'stream', answer, 8, 100);
      // Tokens kept would be some 60 times the text; a string and the wrappers of the DOM nodes are a few times it.
      expect((await heap()) - before).toBeLessThan(answer.length * 30);
    });

    it('shows the same again when it is mounted again', async () => {
      await call(page, 'mount', 'markdown');
      await call(page, 'stream', generateAnswer(3, 'zh'), 5, 20);
      const before = await call(page, 'canonical');
      await call(page, 'remount');
      expect(await call(page, 'canonical')).toBe(before);
      expect(await call(page, 'text')).not.toBe('');
    });
  });

  describe('stays responsive', () => {
    it.each([
      ['[', '['],
      ['*', '*'],
      ['>', '>'],
      ['a run of `**a*b `', '**a*b '],
      ['`[a](`', '[a]('],
      ['backticks', '`a``b'],
      ['`<`', '<a '],
      ['nested list markers', '+ '],
      ['nested quotes and lists', '> - '],
      ['unclosed comments', '<!-- '],
      ['pipes', '| a '],
      ['table rows', '| a | b |\n|---|---|\n'],
      ['Chinese strong markers', '**：'],
    ])('with a megabyte of %s', async (_name, unit) => {
      await call(page, 'mount', 'markdown');
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
      await call(page, 'stream', text, 20_000, 1);
      expect((await call(page, 'documentText')).length).toBe(text.length);
      expect(await call(page, 'count', '.markdown > *')).toBeGreaterThan(0);
      await call(page, 'frame');
    });

    it('with lists nested ten thousand deep, by indentation too', async () => {
      for (const text of [
        `${'+ '.repeat(10_000)}deep`,
        Array.from({ length: 700 }, (_, depth) => `${'  '.repeat(depth)}- x\n`).join(''),
      ]) {
        await call(page, 'mount', 'markdown');
        await call(page, 'stream', text, 2000, 1);
        expect(await call(page, 'documentText')).toBe(text);
        expect(await call(page, 'text')).toMatch(/deep|x/);
      }
    });

    it('renders again after a block that was too long', async () => {
      await call(page, 'mount', 'markdown');
      await call(page, 'stream', `${'[x '.repeat(20_000)}\n\nThen **bold** text.\n`, 5000, 1);
      expect(await call(page, 'count', '.md-plain')).toBe(1);
      expect(await call(page, 'count', 'strong')).toBe(1);
    });

    it.each([300, 100_000])(
      'keeps the last lines of a long plain text, in pieces of %i, and shows all when asked',
      async (length) => {
        await call(page, 'mount', 'lines');
        const text = Array.from({ length: 1000 }, (_, index) => `line ${index}`).join('\n');
        await streamInto('line -1\nline');
        await call(page, 'stream', ` -0\n${text}`, length, 1);
        expect(await call(page, 'count', '.line')).toBe(200);
        expect(await call(page, 'text')).toContain('line 999');
        await page.getByRole('button', { name: 'Show all 1002 lines' }).click();
        expect(await call(page, 'count', '.line')).toBe(1002);
        expect(await call(page, 'text')).toBe(`line -1\nline -0\n${text}`);
        expect(await call(page, 'count', '.lines-show-all')).toBe(0);
      },
    );
  });

  describe('copies the code of a block', () => {
    beforeEach(async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.evaluate(() => navigator.clipboard.writeText('something else'));
      await call(page, 'mount', 'markdown');
      await streamInto('```ts\nconst a = 1;\n\nconst b = 2;\n```\n');
    });
    const copy = () => page.getByRole('button', { name: 'Copy' }).click();
    const withoutClipboard = () =>
      page.evaluate(() => Reflect.deleteProperty(Clipboard.prototype, 'writeText'));

    it.each([
      ['a clipboard', () => Promise.resolve(true)],
      ['none, as at an address with plain http', withoutClipboard],
    ])('and says so: with %s', async (_, arrange) => {
      await arrange();
      await copy();
      await page.getByRole('button', { name: 'Copied' }).waitFor();
      expect(await call(page, 'clipboard')).toBe('const a = 1;\n\nconst b = 2;\n');
    });

    it('or selects it where nothing can be copied', async () => {
      await withoutClipboard();
      await page.evaluate(() => Object.assign(document, { execCommand: () => false }));
      await copy();
      await page.waitForFunction(() => String(getSelection()).startsWith('const a = 1;'));
      expect(await call(page, 'clipboard')).toBe('something else');
    });
  });

  it('does not flash raw marks while a line is written', async () => {
    await call(page, 'mount', 'markdown');
    const seen = new Set<string>();
    for (const piece of 'It is **very** `new`, see [the docs](https://example.com/a) and *more*.\n\n- **one**\n- two\n') {
      await call(page, 'append', piece);
      for (const mark of (await call(page, 'text')).match(/[*`[\]()]/g) ?? []) seen.add(mark);
    }
    expect([...seen]).toEqual([]);
  });
});
