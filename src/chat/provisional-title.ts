const TITLE_LENGTH = 40;

/** What a conversation is called until a better title is made: the beginning of its first line. */
export function provisionalTitle(prompt: string): string {
  const line = prompt.split('\n', 1)[0]!.trim();
  const characters = [...line];
  return characters.length <= TITLE_LENGTH ? line : `${characters.slice(0, TITLE_LENGTH).join('')}…`;
}
