import type { ContentPart, ModelMessage } from './model-client.js';

/** The text of a message, without what it holds besides text. */
export function messageText({ content }: ModelMessage): string {
  if (content === null) return '';
  return typeof content === 'string' ? content : content.map(partText).join('');
}

function partText(part: ContentPart): string {
  return typeof part['text'] === 'string' ? part['text'] : '';
}
