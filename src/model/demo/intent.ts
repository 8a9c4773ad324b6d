export interface DemoIntent {
  language: 'en' | 'zh';
  wantsTime: boolean;
  /** An IANA time zone, when the prompt names one or a city that we know. */
  timeZone?: string;
  /** Something to calculate, for example `12 * (3 + 4)`. */
  expression?: string;
  wantsLong: boolean;
}

/** More is not looked at: the patterns below are for questions, not for pasted documents. */
const LONGEST_QUESTION = 2000;

const TIME =
  /\b(?:what(?:'s|’s| is)? (?:the )?(?:time|date|day)|time is it|(?:current|local) (?:time|date)|the time|today'?s? date|clock)\b|几点|时间|日期|几号|星期几/i;
const LONG =
  /\blong(?:er)? (?:answer|text|story|reply|response|essay)\b|\bat length\b|长(?:一点|些)?的?(?:回答|答案|文章|文)|详细/i;

const CITIES: readonly (readonly [RegExp, string])[] = [
  [/\bUTC\b|\bGMT\b/, 'UTC'],
  [/shanghai|beijing|china|上海|北京|中国/i, 'Asia/Shanghai'],
  [/tokyo|japan|东京|日本/i, 'Asia/Tokyo'],
  [/london|伦敦/i, 'Europe/London'],
  [/paris|巴黎/i, 'Europe/Paris'],
  [/berlin|柏林/i, 'Europe/Berlin'],
  [/new york|纽约/i, 'America/New_York'],
  [/san francisco|los angeles|旧金山|洛杉矶/i, 'America/Los_Angeles'],
];

/** Reads what a prompt asks the demo model for. */
export function demoIntent(prompt: string): DemoIntent {
  const question = prompt.slice(0, LONGEST_QUESTION);
  return {
    language: languageOf(question),
    wantsTime: TIME.test(question),
    timeZone: timeZoneOf(question),
    expression: expressionOf(question),
    wantsLong: LONG.test(question),
  };
}

/** Chinese when there are more Chinese characters than words in Latin letters, as the seed decides it for titles. */
function languageOf(text: string): 'en' | 'zh' {
  const chinese = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const latin = text.match(/[A-Za-z]+/g)?.length ?? 0;
  return chinese > latin ? 'zh' : 'en';
}

function timeZoneOf(text: string): string | undefined {
  const named = /\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Pacific)\/[A-Z][A-Za-z_]+/.exec(
    text,
  )?.[0];
  return named ?? CITIES.find(([city]) => city.test(text))?.[1];
}

const NUMBER = String.raw`\d+(?:\.\d+)?`;
const LIST = String.raw`(${NUMBER}(?:\s*(?:,|，|、|and|和|加)\s*${NUMBER})+)`;
const SUM = new RegExp(
  String.raw`(?:sum of|add(?: up)?|total of)\s+${LIST}|${LIST}\s*(?:的和|之和|相加)`,
  'i',
);

const OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/\bplus\b|加上?/gi, '+'],
  [/\bminus\b|减去?/gi, '-'],
  [/\b(?:times|multiplied by)\b|乘以?|×/gi, '*'],
  [/\bdivided by\b|除以|÷/gi, '/'],
];

/** Finds a calculation: `12 * 7`, `3 plus 4`, `the sum of 1, 2 and 3`, `3加4`. A date is none. */
function expressionOf(text: string): string | undefined {
  const sum = SUM.exec(text);
  const list = sum?.[1] ?? sum?.[2];
  if (list) return list.match(new RegExp(NUMBER, 'g'))?.join(' + ');

  let symbols = text.replace(/\d{1,4}[-/]\d{1,2}[-/]\d{1,4}/g, ' ');
  for (const [words, operator] of OPERATORS) symbols = symbols.replace(words, operator);
  const candidates = symbols.match(/[-(\d][\d\s.()+\-*/^]*[\d)]/g) ?? [];
  return candidates.map((candidate) => candidate.trim().replace(/\s+/g, ' ')).find(isCalculation);
}

function isCalculation(text: string): boolean {
  const hasOperator = /[\d)]\s*[+\-*/^]\s*[-(\d]/.test(text);
  const hasNoLooseNumbers = !/[\d)]\s+[\d(]/.test(text);
  return hasOperator && hasNoLooseNumbers && isBalanced(text);
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
