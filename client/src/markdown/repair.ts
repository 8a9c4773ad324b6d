import type { Token, Tokens } from 'marked';
import type { Frame } from './frame.js';
import { MarkdownLexer } from './lexer.js';
import { renderBlock } from './render-block.js';

/** A longer text stays as it was shown while it arrived. */
const LONGEST_TEXT = 512 * 1024;

/** What was shown for a part of the text. */
export interface SealedBlock {
  type: string;
  start: number;
  end: number;
  loose: boolean;
  /** How many link definitions were known. */
  links: number;
}

/**
 * Compares the blocks that were shown with those of the whole text, and gives them anew from the first that differs: a
 * definition below a link, or a block that later text turned into another.
 */
export function repair(text: string, shown: readonly SealedBlock[]): Frame[] {
  if (text.length > LONGEST_TEXT) return [];
  const lexer = new MarkdownLexer();
  const blocks = lexer.blockTokens(text, lexer.tokens).filter(isVisible);
  const links = Object.keys(lexer.tokens.links).length;
  const length = Math.max(blocks.length, shown.length);
  let from = 0;
  while (from < length && isAsShown(blocks[from], shown[from], text, links)) from += 1;
  if (from === length) return [];
  const whole = new MarkdownLexer().lex(text).filter(isVisible).slice(from);
  const nodes = whole.flatMap((token) => renderBlock(token)).filter((node) => typeof node !== 'string');
  return [{ kind: 'blocks', from, nodes, sealed: nodes.length }];
}

const isVisible = (token: Token): boolean => token.type !== 'space' && token.type !== 'def';

function isAsShown(
  token: Token | undefined,
  block: SealedBlock | undefined,
  text: string,
  links: number,
): boolean {
  if (!token || !block || token.type !== block.type) return false;
  const raw = text.slice(block.start, block.end).trimEnd();
  if (raw !== token.raw.trimEnd()) return false;
  if (token.type === 'list' && (token as Tokens.List).loose !== block.loose) return false;
  return block.links === links || !raw.includes('[');
}
