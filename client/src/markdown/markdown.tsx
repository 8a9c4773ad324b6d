import type { MarkdownDocument } from './text-document.js';
import { Lines } from './lines.js';

/** Shows a markdown text that may still grow. */
export function Markdown({ document }: { document: MarkdownDocument }) {
  return <Lines document={document} />;
}
