import type { Token } from 'marked';

/** Marks that may still become a list, a heading, a rule, a quote or an underline, and nothing else yet. */
const UNDECIDED_MARKS = /^[ \t>]*(?:[-*_=+:|#~` \t]+|\d{1,9}[.)]?[ \t]*|[-*+][ \t]+\[[ xX]?\]?[ \t]*)?$/;
/** A fence whose info string is not complete. */
const UNDECIDED_FENCE = /^[ \t>]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(?:`{3,}[^`]*|~{3,}.*)$/;
/** The first line of a table; and what the row below it consists of. */
const TABLE_HEAD = /^ {0,3}\|.*[^\s|:-]/;
const TABLE_RULE = /^[ \t|:-]*$/;

/**
 * Where the end of `text` begins that could still change into another kind of block, so that it is not shown yet.
 *
 * @param insideTable the text's last block is a table: a line that starts with `|` is a row
 */
export function undecidedFrom(text: string, insideTable: boolean): number {
  const lineStart = text.lastIndexOf('\n') + 1;
  const line = text.slice(lineStart);
  if (!insideTable) {
    if (TABLE_HEAD.test(line)) return lineStart;
    const before = lineStart < 2 ? 0 : text.lastIndexOf('\n', lineStart - 2) + 1;
    if (TABLE_RULE.test(line) && TABLE_HEAD.test(text.slice(before, lineStart))) return before;
  }
  return UNDECIDED_MARKS.test(line) || UNDECIDED_FENCE.test(line) ? lineStart : text.length;
}

/** Text of a line that no further characters can turn into the start of another block, or into an underline. */
const SETTLED_LINE =
  /^ {0,3}(?:[^\s#>\-+*=_`~|<:[\]\d\\$]|\*+[^*\s]|_+[^_\s]|`{1,2}[^`\s]|~{1,2}[^~\s]|#+[^#\s]|\+\S|-[^\s\-|:=]|=+[^=\s]|\d+(?:[^\d.)]|[.)]\S)|\[[^[\]]*\][^:]|\\[^[]|\$[^$]|[|:][ \t|:-]*[^\s|:-])/;

export function isSettledLine(line: string): boolean {
  return SETTLED_LINE.test(line);
}

/** An unfinished link or image at the end: its label, and as much of the address as there is. */
const OPEN_LINK = /!?\[([^[\]\n]{0,300})(?:\](?:\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+["'][^"'\n]*)?)?)?$/;
/** An unfinished character reference, line break tag, or escape. */
const OPEN_MARK = /(?:&#?[a-zA-Z\d]{0,8}|<(?:b(?:r\s*\/?)?)?|\\)$/;
const TRAILING_RUN = /(?:\*+|_+|~+|`+)$/;
const DELIMITERS = /\*{1,3}|_{1,3}|~~/g;

/**
 * Text to show for a line that is still being written: spans that are open at its end are closed (`**bo` is shown as
 * bold `bo`), and marks that mean nothing yet are left out, so that none flash as raw characters.
 *
 * @param source the inline text so far
 * @param lex gives the inline tokens of a text
 * @returns what to lex instead; `source` itself when nothing is open
 */
export function closeOpenSpans(source: string, lex: (text: string) => readonly Token[]): string {
  const lastLine = source.lastIndexOf('\n') + 1;
  const whole = leaveOutRun(source, lastLine, lex);
  const tokens = lex(whole);
  const codeStart = findOpenCode(tokens, lastLine);
  if (codeStart !== undefined) return closeCode(whole, codeStart);

  const text = whole.replace(OPEN_MARK, '').replace(OPEN_LINK, '$1');
  const closers = openDelimiters(text, text === whole ? tokens : lex(text), lastLine)
    .reverse()
    .join('');
  return closers === '' ? text : text.trimEnd() + closers;
}

/** Leaves out a run of delimiters at the end, unless it closes what is open before it. */
function leaveOutRun(source: string, lastLine: number, lex: (text: string) => readonly Token[]): string {
  const run = TRAILING_RUN.exec(source)?.[0];
  if (run === undefined) return source;
  const before = source.slice(0, -run.length);
  const tokens = lex(before);
  const codeStart = findOpenCode(tokens, lastLine);
  const open =
    codeStart === undefined
      ? openDelimiters(before, tokens, lastLine).at(-1)
      : /^`*/.exec(before.slice(codeStart))?.[0];
  const closes = open !== undefined && open !== '' && run.startsWith(open);
  return closes ? source : before;
}

/** The position of a backtick run, or of `\(`, that nothing closes. */
function findOpenCode(tokens: readonly Token[], from: number): number | undefined {
  let position = 0;
  for (const token of tokens) {
    const mark = token.type === 'text' ? token.raw.indexOf('`', Math.max(0, from - position)) : -1;
    if (mark !== -1) return position + mark;
    if (position >= from && token.type === 'escape' && token.raw === '\\(') return position;
    position += token.raw.length;
  }
  return undefined;
}

function closeCode(source: string, start: number): string {
  const open = /^(?:`+|\\\()/.exec(source.slice(start))?.[0] ?? '';
  const content = source.slice(start + open.length);
  if (content.trim() === '') return source.slice(0, start);
  if (open === '\\(') return `${source.replace(/\\$/, '')}\\)`;
  return source.replace(/`+$/, '') + open;
}

/** Delimiter runs that open emphasis at the top level after `from`, in their order. */
function openDelimiters(text: string, tokens: readonly Token[], from: number): string[] {
  const open: string[] = [];
  let position = 0;
  for (const token of tokens) {
    if (token.type === 'text' && position + token.raw.length > from) {
      for (const match of token.raw.matchAll(DELIMITERS)) {
        const at = position + match.index;
        if (at >= from && opens(text, at, match[0])) open.push(match[0]);
      }
    }
    position += token.raw.length;
  }
  return open;
}

function opens(text: string, at: number, run: string): boolean {
  const next = text.charAt(at + run.length);
  const previous = text.charAt(at - 1);
  if (next === '' || /\s/.test(next) || next === run.charAt(0) || previous === run.charAt(0)) return false;
  if (run.startsWith('_')) return !/[\p{L}\p{N}]/u.test(previous);
  // A single star between letters or digits is more often a product than emphasis.
  return run !== '*' || !/[\dA-Za-z)\]]/.test(previous);
}
