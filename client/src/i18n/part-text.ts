import type { MessageKey } from './en.js';
import { locale, put, t as pageText, type Locale } from './locale.js';

/**
 * The `t` of a part of the page that is loaded on demand: as the page's own, and with the texts of the part besides. These are there in
 * both languages, because few need them.
 */
export function textsOf<Key extends string>(dictionaries: Record<Locale, Readonly<Record<Key, string>>>) {
  const isOwn = (key: string): key is Key => Object.hasOwn(dictionaries.en, key);
  return (key: MessageKey | Key, parameters: Readonly<Record<string, string | number>> = {}): string =>
    isOwn(key) ? put(dictionaries[locale.value][key], parameters) : pageText(key, parameters);
}
