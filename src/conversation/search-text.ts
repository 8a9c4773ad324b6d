import type { StoredMessage } from './stored-message.js';

/**
 * Texts as they are stored to be searched in, and a query as it is looked for in them: in compatibility composition and lower case
 * (Unicode NFKC, `toLowerCase`), so that databases need to know nothing of letters. Without NUL, which PostgreSQL cannot store.
 */
export function searchText(texts: readonly string[]): string {
  return texts.join('\n').normalize('NFKC').toLowerCase().replaceAll('\0', '').toWellFormed();
}

/** What people and the model said in a round; neither reasoning nor what tools took and gave. */
export function searchTextOfRound(messages: readonly StoredMessage[]): string {
  return searchText(messages.flatMap((message) => (message.role === 'tool' ? [] : [message.content])));
}

/** A LIKE pattern, with `\` as its escape, for texts that contain `query` as it is. */
export function containing(query: string): string {
  return `%${searchText([query]).replaceAll(/[\\%_]/g, '\\$&')}%`;
}
