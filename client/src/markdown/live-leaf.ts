import type { Token, Tokens } from 'marked';
import { cutTokens } from './cut-tokens.js';
import type { LeafFrame } from './frame.js';
import { GrowingWords } from './growing-words.js';
import { countDelimiters, hasTooManyDelimiters } from './lexer.js';
import type { MarkdownLexer } from './lexer.js';
import { closeOpenSpans, holdBack } from './open-spans.js';
import { renderInline } from './render-inline.js';
import { settledUntil } from './settled-text.js';
import { isSettledLine } from './undecided.js';
import { joinTexts } from './view-node.js';
import type { ViewNode } from './view-node.js';

type LeafToken = Tokens.Paragraph | Tokens.Heading | Tokens.Text;

/** What is held back elsewhere means itself in code. */
const MAY_BE_CODE = /[`\\]/;

/** The text that grows while no newline comes: the last paragraph, heading or list text. */
export class LiveLeaf {
  readonly token: LeafToken;
  readonly #lexer: MarkdownLexer;
  /** What is shown of the beginning that can no longer change. */
  readonly #done: ViewNode[] = [];
  #delimitersDone = 0;
  /** The text behind it. */
  #source: string;
  readonly #staysOneBlock: boolean;
  /** What was lexed last. */
  #lexed: { text: string; tokens: Token[] };
  #words: GrowingWords | undefined;

  private constructor(token: LeafToken, source: string, lexer: MarkdownLexer) {
    this.token = token;
    this.#source = source;
    this.#lexer = lexer;
    this.#staysOneBlock = token.type === 'heading' ? !source.includes('#') : isSettledLine(lastLine(source));
    // What was lexed with the block is not lexed again.
    this.#lexed = { text: token.text, tokens: token.tokens! };
    token.tokens = [...this.#lex(holdBack(source))];
  }

  /**
   * Finds the leaf of the last block and gives its token the inline tokens to show while it grows.
   *
   * @param text what was lexed; undefined is returned when its last line is complete or belongs to no leaf
   * @param lexer what lexed it, and so has the definitions in it
   */
  static find(block: Token, text: string, lexer: MarkdownLexer): LiveLeaf | undefined {
    if (text.endsWith('\n')) return undefined;
    const token = lastLeaf(block);
    if (!token || token.tokens?.[0]?.type === 'checkbox') return undefined;
    const trailing = /[ \t]*$/.exec(text.slice(-100))![0];
    const source = token.text.replace(/[ \t]+$/, '') + trailing;
    return text.endsWith(lastLine(source)) ? new LiveLeaf(token, source, lexer) : undefined;
  }

  /** Grows by a piece of the same line; undefined when the piece may change the blocks, so that they must be lexed. */
  append(piece: string): LeafFrame[] | undefined {
    if (!this.#staysOneBlock || piece.includes('\n')) return undefined;
    if (this.token.type === 'heading' && piece.includes('#')) return undefined;
    this.#source += piece;
    if (this.#words?.append(piece)) return [{ kind: 'words', text: piece }];
    if (hasTooManyDelimiters(this.#source, this.#delimitersDone)) return undefined;
    const text = holdBack(this.#source);
    // Mostly the address of a link.
    if (!this.#words && text === this.#lexed.text && !MAY_BE_CODE.test(text)) return [];
    const from = Math.max(0, this.#done.length - 1);
    const shown = renderInline(this.#lex(text));
    this.#words = text === this.#source ? GrowingWords.find(text, shown) : undefined;
    const children = joinTexts(shown, this.#done.slice(from));
    this.#settle();
    return [{ kind: 'leaf', from, children }];
  }

  /** What is settled is not lexed again: a long line would cost its square. */
  #settle(): void {
    const { text, tokens } = this.#lexed;
    const settled = text.slice(0, settledUntil(text, tokens));
    // What was lexed may lack a mark that is open.
    if (settled === '' || !this.#source.startsWith(settled)) return;
    joinTexts(renderInline(cutTokens(tokens, 0, settled.length)), this.#done);
    this.#delimitersDone += countDelimiters(settled);
    this.#source = this.#source.slice(settled.length);
    this.#lexed = { text: text.slice(settled.length), tokens: cutTokens(tokens, settled.length) };
  }

  /** The tokens to show. */
  #lex(text: string): readonly Token[] {
    if (this.#lexed.text !== text) this.#lexed = { text, tokens: this.#lexer.lexLine(text) };
    return closeOpenSpans(this.#source, text, this.#lexed.tokens);
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
