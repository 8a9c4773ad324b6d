/** A stream of numbers in [0, 1) from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS = {
  en: 'the stream of events keeps its order while a reader leaves and another one follows from where it stood because each position is part of the log that never forgets what was written before'.split(
    ' ',
  ),
  zh: '数据流 的 顺序 始终 保持 不变 读者 可以 随时 离开 然后 从 原来 的 位置 继续 因为 每个 事件 都 写入 日志 不会 丢失 也 不会 重复'.split(
    ' ',
  ),
};

export type Language = keyof typeof WORDS;

/** Writes answers of the shape that chat models give: headings, lists, code, tables, quotes, links, formulas. */
class AnswerWriter {
  readonly #random: () => number;
  readonly #language: Language;

  constructor(seed: number, language: Language) {
    this.#random = randomFrom(seed);
    this.#language = language;
  }

  answer(blocks: number): string {
    return Array.from({ length: blocks }, () => this.#block()).join('\n\n') + '\n';
  }

  #pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.#random() * choices.length)] ?? choices[0];
  }

  #count(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1));
  }

  #words(count: number): string {
    const words = WORDS[this.#language];
    const picked = Array.from(
      { length: count },
      () => words[Math.floor(this.#random() * words.length)] ?? '',
    );
    return picked.join(this.#language === 'zh' ? '' : ' ');
  }

  #span(): string {
    const text = this.#words(this.#count(1, 4));
    const colon = this.#language === 'zh' ? '：' : ':';
    return this.#pick([
      () => text,
      () => text,
      () => text,
      () => `**${text}**`,
      () => `**${text}${colon}**`,
      () => `*${text}*`,
      () => `\`${text}\``,
      () => `~~${text}~~`,
      () => `[${text}](https://example.com/${this.#count(1, 99)}?a=1&b=2)`,
      () => `https://example.com/${this.#count(1, 99)}`,
      () => `$x_{${this.#count(1, 9)}} + y^2$`,
      () => `**${text} \`code\` ${text}**`,
      () => `![${text}](https://example.com/i.png)`,
      () => `${this.#count(2, 9)} * ${this.#count(2, 9)} < 100 && snake_case_name`,
    ])();
  }

  #sentence(): string {
    const gap = this.#language === 'zh' ? '' : ' ';
    const parts = Array.from({ length: this.#count(2, 7) }, () => this.#span());
    return parts.join(gap) + (this.#language === 'zh' ? '。' : '. ');
  }

  #paragraph(): string {
    const end = this.#pick(['', '', '\n', '  \n']);
    return Array.from({ length: this.#count(1, 4) }, () => this.#sentence().trimEnd()).join(
      end === '' ? ' ' : end,
    );
  }

  #list(depth: number): string {
    const ordered = this.#random() < 0.5;
    const loose = this.#random() < 0.25;
    const items = Array.from({ length: this.#count(2, 7) }, (_, index) => {
      const marker = ordered ? `${index + 1}. ` : '- ';
      const task = !ordered && this.#random() < 0.15 ? this.#pick(['[ ] ', '[x] ']) : '';
      const indent = ' '.repeat(marker.length);
      const nested = this.#nested(depth);
      return (
        marker + task + this.#sentence().trimEnd() + (nested ? `\n${nested.replace(/^(?=.)/gm, indent)}` : '')
      );
    });
    return items.join(loose ? '\n\n' : '\n');
  }

  #nested(depth: number): string {
    if (depth > 2 || this.#random() < 0.7) return '';
    return this.#pick<() => string>([
      () => this.#list(depth + 1),
      () => this.#code(),
      () => `\n${this.#paragraph()}`,
    ])();
  }

  #code(): string {
    const lines = Array.from({ length: this.#count(1, 12) }, (_, index) =>
      this.#pick([
        `  const value${index} = call(${index}); // *x*`,
        '',
        'if (a < b) {',
        '}',
        '# not a heading',
        '- no item',
      ]),
    );
    return `\`\`\`${this.#pick(['ts', 'python', '', 'bash'])}\n${lines.join('\n')}\n\`\`\``;
  }

  #table(): string {
    const columns = this.#count(2, 4);
    const row = (): string =>
      `| ${Array.from({ length: columns }, () => this.#span().replaceAll('|', '')).join(' | ')} |`;
    const rule = `|${this.#pick(['---|', ':--|', ':-:|', '--:|']).repeat(columns)}`;
    return [row(), rule, ...Array.from({ length: this.#count(0, 8) }, row)].join('\n');
  }

  #block(): string {
    return this.#pick<() => string>([
      () => `${'#'.repeat(this.#count(1, 4))} ${this.#words(this.#count(2, 6))}`,
      () => this.#paragraph(),
      () => this.#paragraph(),
      () => this.#paragraph(),
      () => this.#list(0),
      () => this.#list(0),
      () => this.#code(),
      () => this.#table(),
      () => this.#paragraph().replace(/^/gm, '> '),
      () => '---',
      () => `$$\n\\sum_{i=0}^{n} x_i\n$$`,
      () => `${this.#words(3)}\n${this.#pick(['===', '---'])}`,
    ])();
  }
}

/** A realistic answer; the same seed gives the same one. */
export function generateAnswer(seed: number, language: Language, blocks = 16): string {
  return new AnswerWriter(seed, language).answer(blocks);
}

/** Cuts a text into pieces of one to `longest` characters. */
export function cutIntoPieces(text: string, seed: number, longest = 7): string[] {
  const random = randomFrom(seed);
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const length = 1 + Math.floor(random() * longest);
    pieces.push(text.slice(start, start + length));
    start += length;
  }
  return pieces;
}
