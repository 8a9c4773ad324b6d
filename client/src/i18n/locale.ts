import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Dictionary, MessageKey } from './en.js';

export type Locale = 'en' | 'zh';
type Parameters = Readonly<Record<string, string | number>>;

/** A reader needs one language, so each is a file of its own, which is loaded when it is chosen. */
const dictionaries: Record<Locale, () => Promise<Dictionary>> = {
  en: async () => (await import('./en.js')).en,
  zh: async () => (await import('./zh.js')).zh,
};
const chosen = signal<{ locale: Locale; texts: Dictionary | undefined }>({ locale: 'en', texts: undefined });
let latest = 0;

/** The locale of the page. */
export const locale: ReadonlySignal<Locale> = computed(() => chosen.value.locale);

/**
 * Chooses a locale; `system` is the first of the browser's languages that there is a dictionary for. Resolves when the page speaks
 * it, or a later choice. Rejects when its texts cannot be loaded; then the page goes on in the language that it has.
 */
export async function chooseLocale(choice: Locale | 'system'): Promise<void> {
  latest += 1;
  const mine = latest;
  const next = choice === 'system' ? pick(globalThis.navigator?.languages ?? []) : choice;
  const texts = await dictionaries[next]();
  if (mine === latest) chosen.value = { locale: next, texts };
}

export function pick(languages: readonly string[]): Locale {
  for (const language of languages) {
    const primary = language.toLowerCase().split('-')[0];
    if (primary === 'en' || primary === 'zh') return primary;
  }
  return 'en';
}

/** The text of a key in the page's locale, with `{name}` replaced by the parameter of that name. Reads the locale signal. */
export function t(key: MessageKey, parameters: Parameters = {}): string {
  return put(chosen.value.texts?.[key] ?? key, parameters);
}

/** Puts parameters into a text. */
export function put(text: string, parameters: Parameters): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}
