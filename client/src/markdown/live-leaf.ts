import type { Links, Token, Tokens } from 'marked';
import type { LeafFrame } from './frame.js';
import { GrowingWords } from './growing-words.js';
import { closeOpenSpans, isSettledLine } from './hold-back.js';
import { countDelimiters, hasTooManyDelimiters, MarkdownLexer } from './lexer.js';
import { renderInline } from './render-inline.js';
import { settledUntil } from './settled-text.js';
import { joinTexts } from './view-node.js';
import type { ViewNode } from './view-node.js';

type LeafToken = Tokens.Paragraph | Tokens.Heading | Tokens.Text;

/** Text in which nothing means anything but itself, as one run of delimiters does not. Mostly that is what grows. */
const PLAIN = /^(?:[^*_~`[\]<>$\\&!@:\nw]|w(?!ww\.))*(?:([*_~`])\1*(?:[^*_~`[\]<>$\\&!@:\nw]|w(?!ww\.))*)?$/;

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
  /** What was lexed last: mostly it is what is shown, too. */
  #lexed: { text: string; tokens: Token[] };
  #words: GrowingWords | undefined;

  private constructor(token: LeafToken, source: string, links: Links) {
    this.token = token;
    this.#source = source;
    this.#lexer = new MarkdownLexer(links);
    this.#staysOneBlock = token.type === 'heading' ? !source.includes('#') : isSettledLine(lastLine(source));
    // What was lexed with the block is not lexed again.
    this.#lexed = { text: token.text, tokens: token.tokens! };
    token.tokens = this.#lex();
  }

  /**
   * Finds the leaf of the last block and gives its token the inline tokens to show while it grows.
   *
   * @param links the definitions that the block was lexed with
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
  append(piece: string): LeafFrame | undefined {
    if (!this.#staysOneBlock || piece.includes('\n')) return undefined;
    if (this.token.type === 'heading' && piece.includes('#')) return undefined;
    this.#source += piece;
    const text = this.#words?.append(piece);
    if (text !== undefined) return { kind: 'words', text };
    if (hasTooManyDelimiters(this.#source, this.#delimitersDone)) return undefined;
    const from = Math.max(0, this.#done.length - 1);
    const shown = renderInline(this.#lex());
    this.#words = GrowingWords.find(this.#source, this.#lexed.text, shown);
    const children = joinTexts(shown, this.#done.slice(from));
    this.#settle();
    return { kind: 'leaf', from, children };
  }

  /** What is settled is not lexed again: a long line would cost its square. */
  #settle(): void {
    const { text, tokens } = this.#lexed;
    const settled = text.slice(0, settledUntil(text, tokens));
    // What is shown may lack a mark that is open.
    if (settled === '' || !this.#source.startsWith(settled)) return;
    joinTexts(renderInline(firstOf(tokens, settled.length)), this.#done);
    this.#delimitersDone += countDelimiters(settled);
    this.#source = this.#source.slice(settled.length);
  }

  #lex(): Token[] {
    const lex = (text: string): Token[] => {
      if (this.#lexed.text !== text) {
        const isPlain = PLAIN.test(text);
        const tokens = isPlain ? [{ type: 'text', raw: text, text }] : this.#lexer.inlineTokens(text);
        this.#lexed = { text, tokens };
      }
      return this.#lexed.tokens;
    };
    return lex(closeOpenSpans(this.#source, lex));
  }
}

/** The tokens of the first characters of a text; only a token of type text is cut. */
function firstOf(tokens: readonly Token[], length: number): Token[] {
  const first: Token[] = [];
  for (const token of tokens) {
    if (length <= 0) break;
    first.push(token.raw.length > length ? { ...token, text: token.raw.slice(0, length) } : token);
    length -= token.raw.length;
  }
  return first;
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
