import type { MessageKey } from './en.js';
import { locale, put, t as pageText } from './locale.js';
import { panelsEn, type PanelKey } from './panels-en.js';
import { panelsZh } from './panels-zh.js';

const dictionaries = { en: panelsEn, zh: panelsZh };

/** As the page's `t`, and with the texts of the panels besides. They are here in both languages, because few need them. */
export function t(
  key: MessageKey | PanelKey,
  parameters: Readonly<Record<string, string | number>> = {},
): string {
  const texts = dictionaries[locale.value];
  return isPanelKey(key) ? put(texts[key], parameters) : pageText(key, parameters);
}

function isPanelKey(key: string): key is PanelKey {
  return Object.hasOwn(panelsEn, key);
}
