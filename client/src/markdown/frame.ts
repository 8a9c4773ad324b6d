import type { ElementNode, ViewNode } from './view-node.js';

/** One change of what is shown. */
export type Frame =
  /**
   * The blocks from index `from` on are these, and no others follow. So many of them as `sealed` says will not change any more, but for a
   * repair at the end of the text.
   */
  | { kind: 'blocks'; from: number; nodes: ElementNode[]; sealed: number }
  /** The growing part of the last block has these children, from index `from` on. */
  | { kind: 'leaf'; from: number; children: ViewNode[] }
  /** The last text of that part grows by this. */
  | { kind: 'words'; text: string }
  /** The open code block grows by this text. */
  | { kind: 'code'; text: string }
  /** The last block is plain text from here on, and grows by this text. */
  | { kind: 'plain'; text: string }
  /** The last block is complete as it is. */
  | { kind: 'sealed' };

/** A change of the growing part. */
export type LeafFrame = Extract<Frame, { kind: 'leaf' | 'words' }>;
