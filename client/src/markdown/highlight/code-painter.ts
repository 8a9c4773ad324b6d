import { grammarOf } from './grammars.js';
import { work } from './idle-work.js';
import { LineTokenizer, type CodeToken } from './line-tokenizer.js';

const painters = new WeakMap<Element, CodePainter>();
/** The prefix of the classes of coloured pieces; markdown.css has the colours. */
const CLASS = 'tk-';

/** What `paintCode` does. */
export function paint(code: Element): void {
  const language = [...code.classList]
    .find((name) => name.startsWith('language-'))
    ?.slice('language-'.length);
  if (language === undefined || grammarOf(language) === undefined) return;
  let painter = painters.get(code);
  if (!painter) painters.set(code, (painter = new CodePainter(code, language)));
  painter.paint();
}

/** Paints one code element, each line once: what a line leaves open (a comment, a text) is remembered for the next. */
class CodePainter {
  /** The last line that is done. */
  #last: Element | null = null;
  #tokenizer: LineTokenizer | undefined;
  #waiting = false;

  constructor(
    private readonly code: Element,
    private readonly language: string,
  ) {}

  paint(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    void this.#load().then((tokenizer) => {
      if (tokenizer) work(() => this.#paintNext(tokenizer));
    });
  }

  async #load(): Promise<LineTokenizer | undefined> {
    if (this.#tokenizer) return this.#tokenizer;
    try {
      this.#tokenizer = new LineTokenizer(await grammarOf(this.language)!());
      return this.#tokenizer;
    } catch {
      // Offline: the code can be read without colours.
      return undefined;
    }
  }

  /** One line. Returns whether there is more to do. */
  #paintNext(tokenizer: LineTokenizer): boolean {
    const line = this.#last ? this.#last.nextElementSibling : this.code.firstElementChild;
    const text = line?.textContent ?? '';
    if (!line || !this.code.isConnected || !text.endsWith('\n')) {
      this.#waiting = false;
      return false;
    }
    if (holdsSelection(line)) {
      document.addEventListener('selectionchange', () => work(() => this.#paintNext(tokenizer)), {
        once: true,
      });
      return false;
    }
    this.#last = line;
    const tokens = tokenizer.tokens(text.slice(0, -1));
    if (tokens.some(({ kind }) => kind)) line.replaceChildren(...tokens.map(nodeOf), '\n');
    return true;
  }
}

function nodeOf({ text, kind }: CodeToken): Node | string {
  if (!kind) return text;
  const span = document.createElement('span');
  span.className = CLASS + kind;
  span.textContent = text;
  return span;
}

/** New nodes would end a selection that touches the line. (`isCollapsed` would have Chromium lay out the page for each line.) */
function holdsSelection(line: Element): boolean {
  const selection = document.getSelection();
  return selection?.type === 'Range' && selection.containsNode(line, true);
}
