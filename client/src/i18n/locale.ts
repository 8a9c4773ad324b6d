import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { en, type Dictionary, type MessageKey } from './en.js';
import { zh } from './zh.js';

export type Locale = 'en' | 'zh';

const dictionaries: Record<Locale, Dictionary> = { en, zh };
const chosen = signal<Locale | 'system'>('system');

/** The locale of the page: the chosen one, or the first of the browser's languages that there is a dictionary for. */
export const locale: ReadonlySignal<Locale> = computed(() =>
  chosen.value === 'system' ? pick(globalThis.navigator?.languages ?? []) : chosen.value,
);

export function chooseLocale(choice: Locale | 'system'): void {
  chosen.value = choice;
}

export function pick(languages: readonly string[]): Locale {
  for (const language of languages) {
    const primary = language.toLowerCase().split('-')[0];
    if (primary === 'en' || primary === 'zh') return primary;
  }
  return 'en';
}

/** The text of a key in the page's locale, with `{name}` replaced by the parameter of that name. Reads the locale signal. */
export function t(key: MessageKey, parameters: Readonly<Record<string, string | number>> = {}): string {
  const text = dictionaries[locale.value][key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}
