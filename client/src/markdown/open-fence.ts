const OPENING = /^(`{3,}|~{3,})([^\n]*)\n/;

/** What a piece of text adds to an open fence. */
export interface FenceStep {
  /** Code to show; held back while its last line could be the closing fence. */
  code: string;
  /** The text after the closing fence's line, once that line is complete. */
  rest?: string;
}

/**
 * A fenced code block that is being written: its lines need no lexing, only a look for the closing fence
 * (CommonMark 0.31, 4.5: at least as many of the same character, indented by at most three spaces).
 */
export class OpenFence {
  readonly info: string;
  readonly #closing: RegExp;
  readonly #maybeClosing: RegExp;
  /** The last line, as far as it is not shown. */
  #held = '';
  #lineIsShown = false;

  private constructor(fence: string, info: string) {
    const char = fence.charAt(0);
    this.info = info.trim().replace(/\\([\p{P}\p{S}])/gu, '$1');
    this.#closing = new RegExp(`^ {0,3}${char}{${fence.length},} *$`);
    this.#maybeClosing = new RegExp(`^ {0,3}${char}* *$`);
  }

  /** Opens the fence that `text` begins with; undefined when it begins with none, or its first line is not complete. */
  static open(text: string): { fence: OpenFence; content: string } | undefined {
    const match = OPENING.exec(text);
    const [whole, fence, info] = match ?? [];
    if (whole === undefined || fence === undefined || info === undefined) return undefined;
    if (fence.startsWith('`') && info.includes('`')) return undefined;
    return { fence: new OpenFence(fence, info), content: text.slice(whole.length) };
  }

  append(text: string): FenceStep {
    let code = '';
    let start = 0;
    for (;;) {
      const newline = text.indexOf('\n', start);
      const end = newline === -1 ? text.length : newline;
      const line = this.#held + text.slice(start, end);
      if (newline === -1) return { code: code + this.#growLine(line) };
      if (!this.#lineIsShown && this.#closing.test(line)) return { code, rest: text.slice(newline + 1) };
      code += `${line}\n`;
      this.#held = '';
      this.#lineIsShown = false;
      start = newline + 1;
    }
  }

  /** The text has ended: what is held is code, unless it is the closing fence. */
  end(): FenceStep {
    const line = this.#held;
    this.#held = '';
    if (!this.#lineIsShown && this.#closing.test(line)) return { code: '', rest: '' };
    return { code: this.#lineIsShown || line !== '' ? `${line}\n` : '' };
  }

  #growLine(line: string): string {
    if (!this.#lineIsShown && this.#maybeClosing.test(line)) {
      this.#held = line;
      return '';
    }
    this.#held = '';
    this.#lineIsShown ||= line !== '';
    return line;
  }
}
