/** What the test page offers to the browser tests (as `globalThis.harness`). */
export interface Harness {
  /** Streams each source and compares what is shown with marked's HTML for the whole; returns what differs. */
  compare(cases: readonly ComparedCase[]): string[];
  /** Streams each source and compares, after each piece, the page with what the frames so far say; returns what differs first. */
  compareFrames(cases: readonly ComparedCase[]): string[];
  /** Mounts an empty document of this kind, in place of the last. */
  mount(kind: 'markdown' | 'lines'): void;
  append(text: string): void;
  end(): void;
  /** Waits until the next frame has been painted. */
  frame(): Promise<void>;
  /** Selects the first occurrence of a text that stands in one text node. */
  select(text: string): void;
  selectedText(): string;
  unselect(): void;
  /** The text of what is shown. */
  text(): string;
  /** The whole text that the mounted document holds. */
  documentText(): string;
  /** How many elements match. */
  count(selector: string): number;
  /** The coloured pieces of code, in order, as `kind text`. */
  colours(): string[];
  /** Keeps the nodes that match, to ask later whether they are the same. */
  remember(selector: string): number;
  /** How many of the remembered nodes are still shown, with the text they had. */
  keptNodes(): number;
  /** What is shown, and what marked gives for a text, in the form that `compare` compares. */
  canonical(): string;
  canonicalReference(source: string): string;
  /** Resolved addresses of all links. */
  linkTargets(): string[];
  /** Attributes whose names begin with "on", of all elements. */
  eventAttributes(): string[];
  /** Adds an inline script, which the policy forbids. */
  violatePolicy(): void;
  clipboard(): Promise<string>;
  /** Streams a text in pieces, with a frame after each so many of them, and ends it. */
  stream(text: string, pieceLength: number, piecesPerFrame: number): Promise<void>;
  /** Unmounts, and mounts the same document again. */
  remount(): void;
  /** Messages of CSP violations so far. */
  violations(): string[];
  /** Set by a script that should never run. */
  scriptsRun(): number;
}

export interface ComparedCase {
  name: string;
  source: string;
  seed: number;
  /** The longest piece, in characters. */
  longest: number;
}
