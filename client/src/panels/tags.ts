/** As the server counts them. */
export const MOST_TAGS = 10;
export const LONGEST_TAG = 20;

/** Adds what was typed: one tag, or several with commas of any script between them. What is there already is not added again. */
export function addTags(tags: readonly string[], text: string): string[] {
  const typed = text
    .split(/[,，、;；\n]/u)
    .map((tag) => [...tag.trim().replace(/^#/, '')].slice(0, LONGEST_TAG).join('').trim())
    .filter((tag) => tag !== '');
  return [...new Set([...tags, ...typed])].slice(0, MOST_TAGS);
}
