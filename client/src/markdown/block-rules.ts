import { Lexer } from 'marked';
import type { Tokenizer } from 'marked';

type BlockRules = Tokenizer['rules']['block'];

/** How marked's rules name the tags of HTML blocks. */
const TAG_NAMES = /\((?:\?:)?(address\|[^)]*)\)/g;
/** Lines of text, and one that underlines them. */
const UNDERLINED = /^(?:.+\n)+? {0,3}(?:=+|-+)[ \t]*(?:\n|$)/;

/** The rule of underlined headings is the largest of all, and V8 makes nothing of it until it is asked. */
class Underlined extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    return UNDERLINED.test(text) ? super.exec(text) : null;
  }
}

/**
 * marked's block rules (GFM). They find the same, in a quarter of the memory: V8 repeats what follows a list of names for many of them,
 * in text of one byte a character and again in text of two, and five rules have that list of 62. What was found by looking ahead is not
 * told apart any more.
 */
export function blockRules(): BlockRules {
  const gfm: BlockRules = Lexer.rules.block.gfm;
  const slim = ({ source, flags }: RegExp, Rule = RegExp) =>
    new Rule(source.replace(TAG_NAMES, '(?=(?:$1)(?:[ \\t\\n/>]|$$))[a-z0-9]+'), flags);
  const { blockquote, html, lheading, paragraph, table } = gfm;
  return {
    ...gfm,
    blockquote: slim(blockquote),
    html: slim(html),
    lheading: slim(lheading, Underlined as typeof RegExp),
    paragraph: slim(paragraph),
    table: slim(table),
  };
}
