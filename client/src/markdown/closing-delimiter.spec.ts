import fc from 'fast-check';
import { CJK } from './cjk.js';
import { cjkInlineRules } from './cjk-rules.js';

/** The same as one regular expression, in the six groups that marked's tokenizer reads. */
function closingDelimiter(head: string, char: string, run: string, also: string): RegExp {
  const not = also === '' ? '' : `(?!${also})`;
  const or = also === '' ? '' : `|${also}`;
  const punctuation = `(?!${char})${not}(?![${CJK}])[\\p{P}\\p{S}]`;
  const latin = `(?:(?![${CJK}])[^\\s\\p{P}\\p{S}]${or})`;
  const letter = `(?:[^\\s\\p{P}\\p{S}]|[${CJK}]${or})`;
  return new RegExp(
    [
      head,
      `${punctuation}(${run})(?=\\s|$)`,
      `(?:${letter}(?=${run}(?:\\s|$))|${latin}(?=${run}${punctuation}))(${run})`,
      `(?:${punctuation}(?=${run}${latin})|\\s(?=${run}${letter}))(${run})`,
      `\\s(${run})(?=${punctuation})`,
      `${punctuation}(${run})(?=${punctuation})`,
      `(?:${punctuation}(?=${run}[${CJK}])|[${CJK}](?=${run}${punctuation})|${letter}(?=${run}${letter}))(${run})`,
    ].join('|'),
    'gu',
  );
}

/** All delimiters that are found: where each begins and ends, how long the character before it is, and its group. */
function foundBy(rule: RegExp, text: string) {
  const found: unknown[] = [];
  for (rule.lastIndex = 0; ;) {
    const match = rule.exec(text);
    if (!match) return found;
    const group = [1, 2, 3, 4, 5, 6].find((index) => match[index]);
    // The expression also matches what it passes over.
    if (group !== undefined)
      found.push([match.index, match[0], [...match[0]][0], group, match[group], rule.lastIndex]);
  }
}

const ORPHAN = '^[^_*]*?__[^_*]*?\\*[^_*]*?(?=__)';
const text = fc.string({
  unit: fc.constantFrom(
    '*',
    '*',
    '~',
    '_',
    '__',
    'a',
    'é',
    ' ',
    '\n',
    '.',
    '“',
    '中',
    '。',
    '！',
    '　',
    '𠀀',
    '😀',
    '\ud83d',
    '한',
  ),
  maxLength: 24,
});

const { emStrongRDelimAst, delRDelim } = cjkInlineRules();

test.each([
  ['*', emStrongRDelimAst, closingDelimiter(`${ORPHAN}|[^*]+(?=[^*])`, '\\*', '\\*+', '~')],
  ['~', delRDelim, closingDelimiter('^[^~]+(?=[^~])', '~', '~~?', '')],
])('finds the runs of %s that one regular expression finds', (_char, rule, expression) => {
  fc.assert(
    fc.property(text, (given) => expect(foundBy(rule, given)).toEqual(foundBy(expression, given))),
    { numRuns: 10_000, examples: [['a __b*c__ d* e'], ['中文**。**好'], ['a***b~~~c~~d']] },
  );
});
