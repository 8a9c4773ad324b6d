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
