export { markdownLabels } from './labels.js';
export type { MarkdownLabels } from './labels.js';
export { Lines } from './lines.js';
export { Markdown } from './markdown.js';
export { LineDocument, MarkdownDocument } from './text-document.js';
