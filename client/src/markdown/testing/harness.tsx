import { render } from 'preact';
import '../markdown.css';
import { BlockStream } from '../block-stream.js';
import { LineDocument, Lines, Markdown, MarkdownDocument } from '../index.js';
import { canonical } from './canonical.js';
import { cutIntoPieces } from './generator.js';
import type { ComparedCase, Harness } from './harness-api.js';
import { referenceHtml } from './reference.js';
import { asShown, ShownBlocks } from './shown-blocks.js';
import type { ShownNode } from './shown-blocks.js';

const root = document.querySelector('main') ?? document.body;
const messages: string[] = [];
document.addEventListener('securitypolicyviolation', (event) => {
  messages.push(`${event.violatedDirective} ${event.blockedURI}`);
});

let mounted: MarkdownDocument | LineDocument = new MarkdownDocument();
let remembered: { nodes: Element[]; texts: (string | null)[] } = { nodes: [], texts: [] };

function show(): void {
  render(
    mounted instanceof MarkdownDocument ? <Markdown document={mounted} /> : <Lines document={mounted} />,
    root,
  );
}

function mount(kind: 'markdown' | 'lines'): void {
  render(null, root);
  mounted = kind === 'markdown' ? new MarkdownDocument() : new LineDocument();
  show();
}

const shownCanonical = (): string => canonical(root.querySelector('.markdown') ?? root);

function referenceCanonical(source: string): string {
  return canonical(new DOMParser().parseFromString(referenceHtml(source), 'text/html').body);
}

function compareOne({ name, source, seed, longest }: ComparedCase): string[] {
  mount('markdown');
  for (const piece of cutIntoPieces(source, seed, longest)) mounted.append(piece);
  mounted.end();
  const shown = shownCanonical();
  const expected = referenceCanonical(mounted.text);
  return shown === expected ? [] : [`${name}: ${difference(shown, expected)}`];
}

/** Both texts where they first differ. */
function difference(shown: string, expected: string): string {
  let same = 0;
  while (shown[same] === expected[same]) same += 1;
  const around = (text: string): string => text.slice(Math.max(0, same - 120), same + 120);
  return `shown ${around(shown)}\n--- expected ${around(expected)}`;
}

function compareFramesOne({ name, source, seed, longest }: ComparedCase): string[] {
  mount('markdown');
  const frames = new ShownBlocks();
  const blocks = new BlockStream(() => mounted.text);
  mounted.attach({
    append: (text) => frames.apply(blocks.append(text)),
    end: () => frames.apply(blocks.end()),
  });
  const steps = cutIntoPieces(source, seed, longest).map((piece) => () => mounted.append(piece));
  for (const step of [...steps, () => mounted.end()]) {
    step();
    const shown = inOrder(asShown(nodesOf(root.querySelector('.markdown')!)));
    const expected = inOrder(frames.blocks);
    if (shown !== expected)
      return [`${name}, at ${JSON.stringify(mounted.text.slice(-60))}: ${difference(shown, expected)}`];
  }
  return [];
}

/** As text, with attributes in the order of their names. */
const inOrder = (nodes: readonly ShownNode[]): string =>
  JSON.stringify(nodes, (key, value: Record<string, string>) =>
    key === 'attributes' ? Object.fromEntries(Object.entries(value).sort()) : value,
  );

/** The children of an element in the form of `ShownBlocks`. */
function nodesOf(parent: Element): ShownNode[] {
  return [...parent.childNodes].map((node) => {
    if (!(node instanceof Element)) return node.textContent ?? '';
    const attributes = Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value]));
    // The view sets it on blocks that are complete.
    if (node.classList.contains('md-sealed')) {
      attributes['class'] = node.className.replace(/ ?md-sealed/, '');
      if (attributes['class'] === '') delete attributes['class'];
    }
    return { tag: node.localName, attributes, children: nodesOf(node) };
  });
}

const frame = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve, 0));
  });

function findText(text: string): Text {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node instanceof Text && node.data.includes(text)) return node;
  throw new Error(`no text node holds ${text}`);
}

async function stream(text: string, pieceLength: number, piecesPerFrame: number): Promise<void> {
  let count = 0;
  for (let start = 0; start < text.length; start += pieceLength) {
    mounted.append(text.slice(start, start + pieceLength));
    count += 1;
    if (count % piecesPerFrame === 0) await frame();
  }
  mounted.end();
}

const harness: Harness = {
  compare: (cases) => cases.flatMap(compareOne),
  compareFrames: (cases) => cases.flatMap(compareFramesOne),
  mount,
  append: (text) => mounted.append(text),
  end: () => mounted.end(),
  frame,
  select(text) {
    const node = findText(text);
    const start = node.data.indexOf(text);
    document.getSelection()?.setBaseAndExtent(node, start, node, start + text.length);
  },
  unselect: () => document.getSelection()?.removeAllRanges(),
  selectedText: () => document.getSelection()?.toString() ?? '',
  text: () => root.textContent,
  documentText: () => mounted.text,
  count: (selector) => root.querySelectorAll(selector).length,
  colours: () =>
    [...root.querySelectorAll('.line [class^=tk-]')].map(
      (piece) => `${piece.className.slice('tk-'.length)} ${piece.textContent}`,
    ),
  remember(selector) {
    const nodes = [...root.querySelectorAll(selector)];
    remembered = { nodes, texts: nodes.map((node) => node.textContent) };
    return nodes.length;
  },
  keptNodes: () =>
    remembered.nodes.filter((node, index) => node.isConnected && node.textContent === remembered.texts[index])
      .length,
  canonical: shownCanonical,
  canonicalReference: referenceCanonical,
  linkTargets: () => [...root.querySelectorAll('a')].map((link) => link.href),
  eventAttributes: () =>
    [...root.querySelectorAll('*')].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith('on')),
    ),
  violatePolicy() {
    const script = document.createElement('script');
    try {
      script.text = 'globalThis.scriptsRun = 1';
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    root.append(script);
  },
  clipboard: () => navigator.clipboard.readText(),
  stream,
  remount() {
    render(null, root);
    show();
  },
  violations: () => [...messages],
  scriptsRun: () => (globalThis as { scriptsRun?: number }).scriptsRun ?? 0,
};

Object.assign(globalThis, { harness });
