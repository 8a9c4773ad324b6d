import { getDefaults, Parser, Renderer } from 'marked';
import type { Tokens } from 'marked';
import { MarkdownLexer } from '../lexer.js';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const FORBIDDEN = /^(?:javascript|data|ftp|xmpp|vbscript|file):/i;

/** marked's own renderer, but for what we show differently on purpose: raw HTML as text, images and bad links. */
class ReferenceRenderer extends Renderer {
  #insideLink = false;

  override html(token: Tokens.HTML | Tokens.Tag): string {
    const text = token.text.replace(/\n+$/, '');
    if (/^<br\s*\/?>$/i.test(text)) return '<br>';
    return token.block ? `<p>${escape(text)}</p>` : escape(token.raw);
  }

  override image(token: Tokens.Image): string {
    const alt = this.parser.parseInline(token.tokens, this.parser.textRenderer);
    const text = alt.trim() === '' ? token.href : alt;
    return this.link({ ...token, type: 'link', tokens: [{ type: 'text', raw: text, text }] });
  }

  override link(token: Tokens.Link): string {
    if (this.#insideLink || FORBIDDEN.test(token.href)) return this.parser.parseInline(token.tokens);
    this.#insideLink = true;
    try {
      return super.link(token);
    } finally {
      this.#insideLink = false;
    }
  }
}

/** The HTML that marked's parser gives for the whole text. */
export function referenceHtml(source: string): string {
  const renderers = { math: (token: Tokens.Generic) => `<code>${escape(String(token['text']))}</code>` };
  const parser = new Parser({
    ...getDefaults(),
    renderer: new ReferenceRenderer(),
    extensions: { renderers, childTokens: {} },
  });
  return parser.parse(new MarkdownLexer().lex(source));
}
