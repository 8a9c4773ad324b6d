import { getDefaults, Lexer, Tokenizer } from 'marked';
import type { Hooks, Links, MarkedOptions, Token, TokensList } from 'marked';
import { blockRules, otherRules } from './block-rules.js';
import { cjkInlineRules } from './cjk-rules.js';
import { displayMath, inlineMath, inlineMathStart, maskMath } from './math.js';

/** Containers (quotes, list items) inside one another; deeper ones are shown as text. */
const DEEPEST_BLOCK = 24;
/** Spans (emphasis, links) inside one another. */
export const DEEPEST_INLINE = 24;
/** Delimiter runs in one inline text: the search for pairs costs their square. */
const MOST_DELIMITERS = 400;

/** All that the lexer asks of hooks. marked's own class knows its parser, which would come along. */
const hooks: Pick<Hooks, 'emStrongMask'> = { emStrongMask: maskMath };

const tokenizer = new Tokenizer();
const options: MarkedOptions = {
  ...getDefaults(),
  tokenizer,
  hooks: hooks as Hooks,
  extensions: {
    renderers: {},
    childTokens: {},
    block: [displayMath],
    inline: [inlineMath],
    startInline: [inlineMathStart],
  },
};
// Of marked's rules, those of neither blocks nor inline texts can be had from a tokenizer only, which has them from a lexer.
new Lexer(options);
const rules = {
  block: blockRules(),
  inline: cjkInlineRules(),
  other: otherRules(tokenizer.rules.other),
};

/** Definitions of link references by their normalised label; no prototype, because labels come from the model. */
export function noLinks(): Links {
  return Object.create(null) as Links;
}

/**
 * marked's lexer with GFM, CJK emphasis, formulas, and bounds: its time is linear in the text whatever the text is
 * (unbounded, nested containers overflow the stack and unpaired delimiters cost their square).
 */
export class MarkdownLexer extends Lexer {
  #blockDepth = 0;
  #inlineDepth = 0;

  /** What inline texts were found to be, in this lexing of blocks and in the one before: most stand in both. */
  #known = new Map<string, Token[]>();
  #knownBefore = this.#known;

  /** @param links the definitions known so far; each lexing has a copy, so that a half-written one cannot stay */
  constructor(private readonly links: Links = noLinks()) {
    super(options);
    tokenizer.rules = rules;
  }

  override lex(src: string): TokensList {
    this.tokens = Object.assign([], { links: Object.assign(noLinks(), this.links) });
    this.#knownBefore = this.#known;
    this.#known = new Map();
    return super.lex(src);
  }

  override blockTokens(src: string, tokens?: Token[], lastParagraphClipped?: boolean): Token[];
  override blockTokens(src: string, tokens?: TokensList, lastParagraphClipped?: boolean): TokensList;
  override blockTokens(src: string, tokens: Token[] = [], lastParagraphClipped = false): Token[] {
    if (this.#blockDepth >= DEEPEST_BLOCK) {
      tokens.push({ type: 'text', raw: src, text: src, tokens: this.inline(src) });
      this.state.top = true;
      return tokens;
    }
    this.#blockDepth += 1;
    try {
      return super.blockTokens(src, tokens, lastParagraphClipped);
    } finally {
      this.#blockDepth -= 1;
    }
  }

  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (this.#inlineDepth > 0) return this.#inlineTokens(src, tokens);
    const isKnowable = !src.includes('<') && Object.keys(this.tokens.links).length === 0;
    const found = (isKnowable && this.#knownBefore.get(src)) || this.lexLine(src);
    if (isKnowable) this.#known.set(src, found);
    tokens.push(...found);
    return tokens;
  }

  /** The inline tokens of a text, lexed anew. What one text leaves open is not open in the next. */
  lexLine(src: string): Token[] {
    this.state.inLink = this.state.inRawBlock = false;
    return this.#inlineTokens(src);
  }

  #inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (this.#inlineDepth >= DEEPEST_INLINE || hasTooManyDelimiters(src)) {
      tokens.push({ type: 'text', raw: src, text: src });
      return tokens;
    }
    this.#inlineDepth += 1;
    try {
      return super.inlineTokens(src, tokens);
    } finally {
      this.#inlineDepth -= 1;
    }
  }
}

/** @param before how many there are before this text */
export function hasTooManyDelimiters(src: string, before = 0): boolean {
  const most = MOST_DELIMITERS - before;
  return src.length > most && countDelimiters(src) > most;
}

/** How many runs of marks that may open or close emphasis there are. */
export function countDelimiters(src: string): number {
  return src.match(/\*+|_+|~+/g)?.length ?? 0;
}
