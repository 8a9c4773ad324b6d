import type { Naming } from '../conversation.store.js';

const MAX_TITLE = 100;
const MAX_TAGS = 5;
const MAX_TAG = 20;
/** What stands for a title when the answer has none (seed §3.7). */
const FALLBACK_CHARACTERS = 10;

/**
 * Reads `<title>…</title><tags>a,b</tags>` from a model's answer, in any case and with anything around it. Tags are parted by commas,
 * semicolons (also the Chinese ones) and line ends. Without a title the first 10 characters of the answer are one; null when there is
 * nothing at all.
 */
export function parseTitle(answer: string): Naming | null {
  const title = cut(
    oneLine(inside('title', answer) ?? '') || cut(oneLine(answer), FALLBACK_CHARACTERS),
    MAX_TITLE,
  );
  if (title === '') return null;
  const tags = (inside('tags', answer) ?? '')
    .split(/[,;，；\n]/)
    .map((tag) => cut(oneLine(tag), MAX_TAG))
    .filter((tag) => tag !== '');
  return { title, tags: [...new Set(tags)].slice(0, MAX_TAGS) };
}

function inside(name: string, text: string): string | undefined {
  return new RegExp(`<${name}>([^]*?)</${name}>`, 'i').exec(text)?.[1];
}

/** Without control, format and private characters, which would hide what a title says or turn it round; emoji keep their joiner. */
function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/(?:[\p{Cc}\p{Co}\s]|(?!\u200d)\p{Cf})+/gu, ' ')
    .trim();
}

function cut(text: string, characters: number): string {
  return [...text].slice(0, characters).join('').trim();
}
