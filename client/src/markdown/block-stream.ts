import type { Links, Token, Tokens } from 'marked';
import type { Frame } from './frame.js';
import { undecidedFrom } from './undecided.js';
import { MarkdownLexer, noLinks } from './lexer.js';
import { LiveLeaf } from './live-leaf.js';
import { cutItems, cutRows, renderContinued } from './long-block.js';
import type { LongBlock } from './long-block.js';
import { OpenFence } from './open-fence.js';
import { PlainTail } from './plain-tail.js';
import { countSealable, placeTokens } from './place-tokens.js';
import type { PlacedToken } from './place-tokens.js';
import { renderCode } from './render-block.js';
import { repair } from './repair.js';
import type { SealedBlock } from './repair.js';
import { element } from './view-node.js';
import type { ElementNode } from './view-node.js';

/** Text that is not sealed; more of it in one block is shown as plain lines, so that the work of an append is bounded. */
const LONGEST_TAIL = 32_768;
/** A larger piece is lexed in parts, so that blocks are sealed as it goes. */
const LONGEST_PIECE = 8192;

/**
 * Turns markdown that arrives in pieces into changes of what is shown. Blocks that can no longer change are sealed and
 * forgotten; only the tail behind them is lexed, and not even that while one line or a fence grows. So the work is
 * linear in the text, and after `end()` the blocks are those of one lexing of the whole.
 */
export class BlockStream {
  /** Gives the whole text that was appended. */
  readonly #text: () => string;
  readonly #sealed: SealedBlock[] = [];
  readonly #links: Links = noLinks();
  #lexer = new MarkdownLexer(this.#links);
  /** What is not sealed, and where it begins in the whole text. */
  #tail = '';
  #offset = 0;
  #long: LongBlock | undefined;
  #leaf: LiveLeaf | undefined;
  #fence: { fence: OpenFence; length: number } | undefined;
  #plain: PlainTail | undefined;
  #overflowed = false;
  #tableIsLive = false;
  /** Where the last block begins in the tail. */
  #lastStart = 0;

  constructor(text: () => string) {
    this.#text = text;
  }

  append(text: string): Frame[] {
    const frames: Frame[] = [];
    for (let start = 0; start < text.length;) {
      const end = endOfPiece(text, start);
      this.#step(text.slice(start, end), frames);
      start = end;
    }
    return frames;
  }

  end(): Frame[] {
    const frames: Frame[] = [];
    if (this.#fence) this.#endFence(this.#fence.fence, frames);
    else if (this.#plain) this.#closeLast('plain', this.#tail.length, frames);
    else this.#lexTail(frames, true);
    // A view of an answer that has ended lives on.
    this.#lexer = new MarkdownLexer(this.#links);
    if (!this.#overflowed) frames.push(...repair(this.#text(), this.#sealed));
    return frames;
  }

  #step(piece: string, frames: Frame[]): void {
    if (this.#plain) return this.#growPlain(this.#plain, piece, frames);
    if (this.#fence) return this.#growFence(this.#fence, piece, frames);
    this.#tail += piece;
    if (this.#tail.length > LONGEST_TAIL) return this.#openPlain(frames);
    const growth = this.#leaf?.append(piece);
    if (growth) frames.push(...growth);
    else this.#lexTail(frames, false);
  }

  #lexTail(frames: Frame[], final: boolean): void {
    const shown = final ? this.#tail : this.#tail.slice(0, undecidedFrom(this.#tail, this.#tableIsLive));
    const header = this.#long?.type === 'table' ? this.#long.header : '';
    const tokens = placeTokens(this.#lexer.lex(header + shown), header + shown, header.length);
    const last = tokens.at(-1);
    const sealCount = final ? tokens.length : countSealable(tokens, shown);

    const from = this.#sealed.length;
    const nodes: ElementNode[] = [];
    let sealed = 0;
    this.#leaf = undefined;
    this.#tableIsLive = last?.token.type === 'table';
    tokens.forEach((placed, index) => {
      const live = placed === last && !final && shown === this.#tail;
      if (live) this.#leaf = LiveLeaf.find(placed.token, shown, this.#lexer);
      const isSealed = index < sealCount;
      const node = this.#renderBlock(placed, index, shown, isSealed);
      if (node) nodes.push(node);
      if (!isSealed) return;
      sealed = nodes.length;
      this.#seal(placed, index);
    });
    if (sealCount > 0) this.#long = undefined;
    const dropped = final ? this.#tail.length : Math.max(0, tokens[sealCount]?.start ?? 0);
    this.#drop(dropped);
    this.#lastStart = Math.max(0, (last?.start ?? 0) - dropped);
    frames.push({ kind: 'blocks', from, nodes, sealed });
    if (last && sealCount < tokens.length && tokens[sealCount] === last)
      this.#shorten(last.token, nodes, frames);
  }

  #renderBlock(placed: PlacedToken, index: number, shown: string, sealed: boolean): ElementNode | undefined {
    const long = index === 0 ? this.#long : undefined;
    if (long?.type === 'list' && !long.loose && this.#turnsLoose(placed.token, long, shown, sealed))
      return this.#renderWhole(long, shown, placed);
    const [node] = renderContinued(placed.token, long, this.#leaf?.token);
    return typeof node === 'string' ? element('p', [node]) : node;
  }

  /** Whether a list whose first items are shown as tight is found to be loose for good. */
  #turnsLoose(token: Token, long: LongBlock, shown: string, sealed: boolean): boolean {
    const list = token as Tokens.List;
    if (!list.loose) return false;
    const cut = sealed ? undefined : cutItems(list, shown, 0, long)?.block;
    return sealed || (cut?.type === 'list' && cut.loose);
  }

  #renderWhole(long: LongBlock, shown: string, placed: PlacedToken): ElementNode | undefined {
    const text = this.#text().slice(long.start, this.#offset) + shown.slice(0, placed.end);
    const lexer = new MarkdownLexer(this.#links);
    const [token] = lexer.lex(text);
    const last = token && this.#leaf ? LiveLeaf.find(token, text, lexer) : undefined;
    this.#leaf = last;
    const [node] = token ? renderContinued(token, undefined, last?.token) : [];
    return typeof node === 'string' ? undefined : node;
  }

  #seal(placed: PlacedToken, index: number): void {
    const { token } = placed;
    const long = index === 0 ? this.#long : undefined;
    if (token.type === 'def') {
      const definition = token as Tokens.Def;
      this.#links[definition.tag] ??= { href: definition.href, title: definition.title };
      return;
    }
    this.#sealed.push({
      type: token.type,
      start: long?.start ?? this.#offset + placed.start,
      end: this.#offset + placed.end,
      loose: token.type === 'list' && ((token as Tokens.List).loose || (long?.type === 'list' && long.loose)),
      links: Object.keys(this.#links).length,
    });
  }

  /** Forgets the first characters of the tail: they are sealed, or blank. */
  #drop(length: number): void {
    this.#tail = this.#tail.slice(length);
    this.#offset += length;
  }

  /** Takes from the live block, which now begins the tail, what need not be lexed again. */
  #shorten(token: Token, nodes: ElementNode[], frames: Frame[]): void {
    if (token.type === 'code') return this.#openFence(nodes, frames);
    const lead = this.#long?.type === 'table' ? this.#long.header.length : 0;
    const cut =
      token.type === 'list'
        ? cutItems(token as Tokens.List, this.#tail, this.#offset, this.#long)
        : token.type === 'table'
          ? cutRows(token as Tokens.Table, this.#offset, this.#long)
          : undefined;
    if (!cut) return;
    this.#drop(cut.length - lead);
    this.#long = cut.block;
  }

  #openFence(nodes: ElementNode[], frames: Frame[]): void {
    const opened = OpenFence.open(this.#tail);
    if (!opened) return;
    const { fence, content } = opened;
    const step = fence.append(content);
    nodes[nodes.length - 1] = renderCode(step.code, fence.info, true);
    this.#fence = { fence, length: this.#tail.length };
    this.#tail = '';
    if (step.rest !== undefined) this.#closeFence(step.rest, frames);
  }

  #growFence(open: { fence: OpenFence; length: number }, piece: string, frames: Frame[]): void {
    open.length += piece.length;
    const step = open.fence.append(piece);
    if (step.code !== '') frames.push({ kind: 'code', text: step.code });
    if (step.rest !== undefined) this.#closeFence(step.rest, frames);
  }

  #closeFence(rest: string, frames: Frame[]): void {
    const length = (this.#fence?.length ?? 0) - rest.length;
    this.#fence = undefined;
    this.#closeLast('code', length, frames);
    this.#tail = rest;
    if (rest !== '') this.#lexTail(frames, false);
  }

  #endFence(fence: OpenFence, frames: Frame[]): void {
    const step = fence.end();
    if (step.code !== '') frames.push({ kind: 'code', text: step.code });
    this.#closeLast('code', this.#fence?.length ?? 0, frames);
    this.#fence = undefined;
  }

  #closeLast(type: string, length: number, frames: Frame[]): void {
    const start = this.#offset;
    this.#offset += length;
    this.#tail = '';
    const links = Object.keys(this.#links).length;
    this.#sealed.push({ type, start, end: this.#offset, loose: false, links });
    frames.push({ kind: 'sealed' });
  }

  /** Gives up on the last block: it is shown as plain lines, from its beginning or from where it was cut. */
  #openPlain(frames: Frame[]): void {
    const text = this.#tail.slice(this.#lastStart);
    this.#tail = this.#tail.slice(0, this.#lastStart);
    if (this.#tail !== '') this.#lexTail(frames, true);
    const from = this.#sealed.length;
    const kept = this.#long ? this.#sealKept(this.#long) : [];
    const nodes = [...kept, element('div', [], { class: 'lines md-plain' })];
    frames.push({ kind: 'blocks', from, nodes, sealed: kept.length });
    this.#tail = '';
    this.#long = undefined;
    this.#leaf = undefined;
    this.#overflowed = true;
    this.#plain = new PlainTail();
    this.#growPlain(this.#plain, text, frames);
  }

  /** Seals the kept part of a long block without what followed it. */
  #sealKept(long: LongBlock): ElementNode[] {
    const [token] = new MarkdownLexer(this.#links).lex(this.#text().slice(long.start, this.#offset));
    const [node] = token ? renderContinued(token, undefined, undefined) : [];
    if (node === undefined || typeof node === 'string') return [];
    this.#sealed.push({ type: long.type, start: long.start, end: this.#offset, loose: false, links: 0 });
    return [node];
  }

  #growPlain(plain: PlainTail, piece: string, frames: Frame[]): void {
    const { text, rest } = plain.append(piece);
    if (text !== '') frames.push({ kind: 'plain', text });
    if (rest === undefined) return;
    this.#plain = undefined;
    this.#closeLast('plain', plain.length, frames);
    this.#tail = rest;
    this.#lexTail(frames, false);
  }
}

/** After the last newline within reach, if there is one. */
function endOfPiece(text: string, start: number): number {
  const limit = start + LONGEST_PIECE;
  if (limit >= text.length) return text.length;
  const newline = text.lastIndexOf('\n', limit - 1);
  return newline > start ? newline + 1 : limit;
}
