const SECTION = 20;

/** With 3 to 8 characters every 15 to 25 ms, about a minute of text. */
const LENGTH = { en: 13_500, zh: 14_500 } as const;

/**
 * Numbered lines, each with something true about its number, in sections of 20: enough for a reader to see at a glance that none
 * is missing and none comes twice.
 */
export function numberedLines(language: 'en' | 'zh'): string {
  let text = '';
  for (let n = 1; text.length < LENGTH[language]; n++) {
    if (n % SECTION === 1) text += `${n === 1 ? '' : '\n'}${heading(language, n)}\n\n`;
    text += `${n}. ${fact(language, n)}\n`;
  }
  return text;
}

function heading(language: 'en' | 'zh', n: number): string {
  return language === 'en' ? `#### From ${n} on` : `#### 从第 ${n} 行开始`;
}

function fact(language: 'en' | 'zh', n: number): string {
  const factors = primeFactors(n);
  const isPrime = factors.length === 1;
  const product = factors.join(' × ');
  if (language === 'en') {
    const kind = n === 1 ? 'the unit' : isPrime ? '**a prime**' : product;
    return `\`${n.toString(2)}\` in binary, ${n * n} when squared, and ${kind}.`;
  }
  const kind = n === 1 ? '它是单位' : isPrime ? '它是**素数**' : `它等于 ${product}`;
  return `二进制写作 \`${n.toString(2)}\`，平方是 ${n * n}，${kind}。`;
}

function primeFactors(n: number): number[] {
  const factors: number[] = [];
  let rest = n;
  for (let p = 2; rest > 1; p++) {
    while (rest % p === 0) {
      factors.push(p);
      rest /= p;
    }
  }
  return factors;
}
