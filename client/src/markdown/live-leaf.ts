import type { Links, Token, Tokens } from 'marked';
import { closeOpenSpans, isSettledLine } from './hold-back.js';
import { MarkdownLexer } from './lexer.js';
import { renderInline } from './render-inline.js';
import type { ViewNode } from './view-node.js';

type LeafToken = Tokens.Paragraph | Tokens.Heading | Tokens.Text;

/** The text that grows while no newline comes: the last paragraph, heading or list text. */
export class LiveLeaf {
  readonly token: LeafToken;
  readonly #links: Links;
  #source: string;
  readonly #settled: boolean;

  private constructor(token: LeafToken, source: string, links: Links) {
    this.token = token;
    this.#source = source;
    this.#links = links;
    this.#settled = token.type === 'heading' ? !source.includes('#') : isSettledLine(lastLine(source));
    token.tokens = this.#lex();
  }

  /**
   * Finds the leaf of the last block and gives its token the inline tokens to show while it grows.
   *
   * @param text what was lexed; undefined is returned when its last line is complete or belongs to no leaf
   */
  static find(block: Token, text: string, links: Links): LiveLeaf | undefined {
    if (text.endsWith('\n')) return undefined;
    const token = lastLeaf(block);
    if (!token || token.tokens?.[0]?.type === 'checkbox') return undefined;
    const trailing = /[ \t]*$/.exec(text.slice(-100))?.[0] ?? '';
    const source = token.text.replace(/[ \t]+$/, '') + trailing;
    return text.endsWith(lastLine(source)) ? new LiveLeaf(token, source, links) : undefined;
  }

  /** Grows by a piece of the same line; undefined when the piece may change the blocks, so that they must be lexed. */
  append(piece: string): ViewNode[] | undefined {
    if (!this.#settled || piece.includes('\n')) return undefined;
    if (this.token.type === 'heading' && piece.includes('#')) return undefined;
    this.#source += piece;
    return renderInline(this.#lex());
  }

  #lex(): Token[] {
    const lex = (text: string): Token[] => new MarkdownLexer(this.#links).inlineTokens(text);
    return lex(closeOpenSpans(this.#source, lex));
  }
}

function lastLeaf(generic: Token | undefined): LeafToken | undefined {
  const block = generic as Tokens.List | Tokens.Blockquote | LeafToken | undefined;
  switch (block?.type) {
    case 'paragraph':
    case 'heading':
    case 'text':
      return block;
    case 'blockquote':
      return lastLeaf(block.tokens.at(-1));
    case 'list':
      return lastLeaf(block.items.at(-1)?.tokens.at(-1));
    default:
      return undefined;
  }
}

const lastLine = (text: string): string => text.slice(text.lastIndexOf('\n') + 1);
