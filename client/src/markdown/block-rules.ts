import { Lexer } from 'marked';
import type { Tokenizer } from 'marked';

type Rules = Tokenizer['rules'];

/** How marked's rules name the tags of HTML blocks. */
const TAG_NAMES = /\((?:\?:)?(address\|[^)]*)\)/g;
/** Whether one of the next lines underlines those before it. Of many lines it is not asked: that would make the lexer's time quadratic. */
const UNDERLINED = /^(?:.+\n){1,40}? {0,3}(?:=+|-+)[ \t]*(?:\n|$)|^(?:.+\n){40}/;

/**
 * The rule of underlined headings, the largest of all. V8 compiles a rule when it is first used, and most texts have nothing for this one.
 * What is asked before must let through all that the rule matches.
 */
class Underlined extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    return UNDERLINED.test(text) ? super.exec(text) : null;
  }
}

const slim = ({ source, flags }: RegExp) =>
  new RegExp(source.replace(TAG_NAMES, '(?=(?:$1)(?:[ \\t\\n/>]|$$))[a-z0-9]+'), flags);

/**
 * marked's block rules (GFM). They find the same, in a third of the memory: V8 repeats what follows a list of names for many of them,
 * in text of one byte a character and again in text of two, and five rules have that list of 62. Behind a lookahead it does not. (The tag
 * is not a group of `html` any more; marked does not read it.)
 */
export function blockRules(): Rules['block'] {
  const gfm: Rules['block'] = Lexer.rules.block.gfm;
  const { blockquote, html, lheading, paragraph, table } = gfm;
  return {
    ...gfm,
    blockquote: slim(blockquote),
    html: slim(html),
    lheading: new Underlined(slim(lheading)),
    paragraph: slim(paragraph),
    table: slim(table),
  };
}

/** marked's other rules, of which that of HTML in a list has those names, too. */
export function otherRules(other: Rules['other']): Rules['other'] {
  const begins: RegExp[] = [];
  // A larger indent is as this one to marked.
  const htmlBeginRegex = (indent: number) =>
    (begins[Math.min(indent, 4)] ??= slim(other.htmlBeginRegex(indent)));
  return { ...other, htmlBeginRegex };
}
