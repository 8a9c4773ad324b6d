import { MarkdownLexer } from './lexer.js';
import { closeOpenSpans, holdBack } from './open-spans.js';
import { renderInline } from './render-inline.js';
import type { ViewNode } from './view-node.js';

const htmlOf = (node: ViewNode): string =>
  typeof node === 'string' ? node : `<${node.tag}>${node.children.map(htmlOf).join('')}</${node.tag}>`;

function shown(source: string): string {
  const text = holdBack(source);
  const tokens = closeOpenSpans(source, text, new MarkdownLexer().inlineTokens(text));
  return renderInline(tokens).map(htmlOf).join('');
}

describe('[UI-03] a line that is still being written', () => {
  it.each([
    ['plain text', 'plain text'],
    ['**bo', '<strong>bo</strong>'],
    ['**bold*', '<strong>bold</strong>'],
    ['**bold**', '<strong>bold</strong>'],
    ['**bold ', '<strong>bold </strong>'],
    ['**bold *it', '<strong>bold <em>it</em></strong>'],
    ['**bold *it*', '<strong>bold <em>it</em></strong>'],
    ['**bold *it* and', '<strong>bold <em>it</em> and</strong>'],
    ['***both', '<em><strong>both</strong></em>'],
    ['a **b `c` [d](/e) ~~f', 'a <strong>b <code>c</code> <a>d</a> <del>f</del></strong>'],
    ['a *', 'a '],
    ['a \\*', 'a *'],
    ['a **[', 'a '],
    ['~~old', '<del>old</del>'],
    ['_it', '<em>it</em>'],
    ['__bold', '<strong>bold</strong>'],
    ['snake_case', 'snake_case'],
    ['2 * 3', '2 * 3'],
    ['5*3 = 15', '5*3 = 15'],
    ['`co', '<code>co</code>'],
    ['`code`', '<code>code</code>'],
    ['`a *', '<code>a *</code>'],
    ['`a[i', '<code>a[i</code>'],
    ['`a <b', '<code>a <b</code>'],
    ['``a ` b', '<code>a ` b</code>'],
    ['``a ` b`', '<code>a ` b</code>'],
    ['`a` and `', '<code>a</code> and '],
    ['**a `b', '<strong>a <code>b</code></strong>'],
    ['see [the do', 'see the do'],
    ['see [`co', 'see <code>co</code>'],
    ['see [the docs]', 'see the docs'],
    ['see [the docs](https://ex', 'see the docs'],
    ['see [the docs](https://ex*', 'see the docs'],
    ['see [the docs](/x ', 'see the docs'],
    ['see [the docs](/x "ti', 'see the docs'],
    ['see [the docs](/x)', 'see <a>the docs</a>'],
    ['![alt](http', 'alt'],
    ['a \\[x', 'a [x'],
    ['a \\[(', 'a [('],
    ['[**bo', '<strong>bo</strong>'],
    ['a &am', 'a '],
    ['a &amp; b', 'a & b'],
    ['a<br', 'a'],
    ['\\(x', '<code>\\(x\\)</code>'],
    ['\\(x\\', '<code>\\(x\\)</code>'],
    ['\\(', '<code></code>'],
    ['a ` ', 'a <code> </code>'],
    ['a \\', 'a '],
    ['**注意：', '<strong>注意：</strong>'],
    ['old **unclosed\nnew line', 'old **unclosed\nnew line'],
    ['old `unclosed\nnew **li', 'old `unclosed\nnew <strong>li</strong>'],
  ])('%j is shown as %j', (source, expected) => {
    expect(shown(source)).toBe(expected);
  });
});
