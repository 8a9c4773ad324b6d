import { jest } from '@jest/globals';
import { getDefaults, Marked, Parser } from 'marked';
import type { Token, Tokens } from 'marked';
import { MarkdownLexer, noLinks } from './lexer.js';
import { corpus } from './testing/corpus.js';

function html(source: string): string {
  const renderers = { math: (token: { raw: string }) => `<code>${token.raw}</code>` };
  return new Parser({ ...getDefaults(), extensions: { renderers, childTokens: {} } }).parse(
    new MarkdownLexer().lex(source),
  );
}

const inline = (source: string): string => html(source).replace(/^<p>|<\/p>\n?$/g, '');

describe('MarkdownLexer', () => {
  const sections = Object.entries(corpus).filter(([section]) => !['math', 'chinese'].includes(section));

  it.each(sections)('lexes text without CJK or formulas as marked does: %s', (_section, sources) => {
    const plain = new Marked();
    for (const source of sources) expect(html(source)).toBe(plain.parse(source, { async: false }));
  });

  describe('emphasis in text without spaces between words', () => {
    it.each([
      ['**注意：**正文', '<strong>注意：</strong>正文'],
      ['**“引号”**字', '<strong>“引号”</strong>字'],
      ['中文**“引号”**中文', '中文<strong>“引号”</strong>中文'],
      ['中文**（括号）**中文', '中文<strong>（括号）</strong>中文'],
      ['读**《书名》**吧', '读<strong>《书名》</strong>吧'],
      ['涨了**100%**左右', '涨了<strong>100%</strong>左右'],
      ['他说**“好。”**然后', '他说<strong>“好。”</strong>然后'],
      ['*注意：*正文', '<em>注意：</em>正文'],
      ['***重点！***后面', '<em><strong>重点！</strong></em>后面'],
      ['~~删除。~~后面', '<del>删除。</del>后面'],
      ['**运行`npm ci`：**正文', '<strong>运行<code>npm ci</code>：</strong>正文'],
      ['**[链接](/x)：**正文', '<strong><a href="/x">链接</a>：</strong>正文'],
      ['使用**`code`**命令', '使用<strong><code>code</code></strong>命令'],
      ['**甲：**一，**乙：**二', '<strong>甲：</strong>一，<strong>乙：</strong>二'],
      ['これは**「強調」**です', 'これは<strong>「強調」</strong>です'],
      ['이것은**(강조)**입니다', '이것은<strong>(강조)</strong>입니다'],
      ['（**重点**）和**重点**。', '（<strong>重点</strong>）和<strong>重点</strong>。'],
      ['**Note:**后面', '<strong>Note:</strong>后面'],
      ['前面**(a)**后面', '前面<strong>(a)</strong>后面'],
      ['2 ** 3 ** 4 与 ** 空格 **', '2 ** 3 ** 4 与 ** 空格 **'],
    ])('%s', (source, expected) => {
      expect(inline(source)).toBe(expected);
    });
  });

  describe('bare URLs in CJK text', () => {
    const link = (url: string, text = url): string => `<a href="${url}">${text}</a>`;

    it.each([
      ['见https://example.com。谢谢', `见${link('https://example.com')}。谢谢`],
      ['见https://example.com/a，然后', `见${link('https://example.com/a')}，然后`],
      ['（https://example.com/a）', `（${link('https://example.com/a')}）`],
      ['“https://example.com/a”', `“${link('https://example.com/a')}”`],
      ['《https://example.com/a？b》', `《${link('https://example.com/a')}？b》`],
      ['https://example.com查看', `${link('https://example.com')}查看`],
      ['https://example.com/a_(b)', link('https://example.com/a_(b)')],
      ['https://example.com/?a=b&c=d.', `${link('https://example.com/?a=b&amp;c=d')}.`],
    ])('%s', (source, expected) => {
      expect(inline(source)).toBe(expected);
    });

    it('keeps CJK letters in a path', () => {
      expect(inline('https://example.com/中国')).toContain('>https://example.com/中国</a>');
    });
  });

  describe('formulas', () => {
    it.each([
      ['$x_1$', true],
      ['$a*b*c$', true],
      ['\\(a\\)', true],
      ['\\[a\\]', true],
      ['$$a$$', true],
      ['$5 and $10', false],
      ['US$5 和 HK$8', false],
      ['$ a $', false],
      ['a $HOME and $PATH', false],
    ])('%s', (source, isMath) => {
      const types = new MarkdownLexer().inlineTokens(source).map(({ type }) => type);
      expect(types.includes('math')).toBe(isMath);
    });

    it('keeps emphasis around a formula whole', () => {
      expect(inline('**bold $a*b$ bold**')).toBe('<strong>bold <code>$a*b$</code> bold</strong>');
    });

    it('takes a displayed one as a block, with list marks in it', () => {
      const types = new MarkdownLexer().lex('$$\na\n- b\n$$\n\ntext').map(({ type }) => type);
      expect(types).toEqual(['math', 'space', 'paragraph']);
    });
  });

  it('knows link definitions only by their own names', () => {
    expect(inline('[constructor] [toString] [__proto__]')).not.toContain('<a');
  });

  it('does not keep definitions from one text to the next', () => {
    new MarkdownLexer().lex('[a]: /x\n');
    expect(inline('[a]')).toBe('[a]');
  });

  it.each(['> ', '+ ', '1. ', '> + '])(
    'stops nesting %j before the stack ends, and keeps the text',
    (marker) => {
      const [token] = new MarkdownLexer().lex(`${marker.repeat(20_000)}deep`);
      expect(token?.raw).toContain('deep');
      expect(JSON.stringify(token)).toContain('deep');
    },
  );

  it('reads no inline text twice that it knows of before', () => {
    const textsOf = (tokens: Token[]) =>
      (tokens[0] as Tokens.List).items.map((item) => (item.tokens[0] as Tokens.Text).tokens!);
    const lexer = new MarkdownLexer();
    const before = textsOf(lexer.lex('- an *item*\n- `another`\n'));
    const lexed = jest.spyOn(lexer, 'lexLine');
    const again = lexer.lex('- an *item*\n- `another`\n- a third\n');
    expect(again).toEqual(new MarkdownLexer().lex('- an *item*\n- `another`\n- a third\n'));
    expect(textsOf(again)[0]![1]).toBe(before[0]![1]);
    expect(textsOf(again)[1]![0]).toBe(before[1]![0]);
    expect(lexed.mock.calls).toEqual([['a third']]);
  });

  it('keeps what it knew of one lexing only', () => {
    const lexer = new MarkdownLexer();
    for (const text of ['*a*', '*b*', '*a*']) lexer.lex(text);
    const lexed = jest.spyOn(lexer, 'lexLine');
    lexer.lex('*a*');
    expect(lexed).not.toHaveBeenCalled();
    lexer.lex('*b*');
    expect(lexed).toHaveBeenCalledTimes(1);
  });

  it('forgets what it knew of a text that a new definition changes', () => {
    const lexer = new MarkdownLexer();
    lexer.lex('[a] and *b*');
    const lexed = lexer.lex('[a] and *b*\n\n[a]: /x\n');
    expect((lexed[0] as Tokens.Paragraph).tokens[0]!.type).toBe('link');
    expect((lexer.lex('[a] and *b*')[0] as Tokens.Paragraph).tokens[0]!.type).toBe('text');
  });

  it('knows the definitions that were added since it was made', () => {
    const links = noLinks();
    const lexer = new MarkdownLexer(links);
    lexer.lex('[a]');
    links['a'] = { href: '/x', title: null };
    expect((lexer.lex('[a]')[0] as Tokens.Paragraph).tokens[0]!.type).toBe('link');
  });

  it('shows a text with too many delimiters as it is', () => {
    const source = '**a*b '.repeat(1000);
    expect(new MarkdownLexer().inlineTokens(source)).toEqual([{ type: 'text', raw: source, text: source }]);
  });
});
