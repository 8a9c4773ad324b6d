import { effect, signal, type Signal } from '@preact/signals';
import { isRecord } from './json.js';
import type { KeyValueStorage } from './storage.js';

export type Theme = 'system' | 'light' | 'dark';
export type LocaleChoice = 'system' | 'en' | 'zh';

export interface Settings {
  readonly theme: Signal<Theme>;
  readonly locale: Signal<LocaleChoice>;
  /** The name of the model; empty means the first one. */
  readonly model: Signal<string>;
  /** The chosen MCP servers; null means the built-in one. */
  readonly servers: Signal<readonly string[] | null>;
  readonly sidebarOpen: Signal<boolean>;
}

const KEY = 'settings';

/** Reads the settings and writes them back whenever one changes. */
export function createSettings(storage: KeyValueStorage): Settings {
  const stored = read(storage.get(KEY));
  const settings: Settings = {
    theme: signal(oneOf(['system', 'light', 'dark'], stored['theme'])),
    locale: signal(oneOf(['system', 'en', 'zh'], stored['locale'])),
    model: signal(typeof stored['model'] === 'string' ? stored['model'] : ''),
    servers: signal(strings(stored['servers'])),
    sidebarOpen: signal(stored['sidebarOpen'] !== false),
  };
  let first = true;
  effect(() => {
    const text = JSON.stringify({
      theme: settings.theme.value,
      locale: settings.locale.value,
      model: settings.model.value,
      servers: settings.servers.value,
      sidebarOpen: settings.sidebarOpen.value,
    });
    if (!first) storage.set(KEY, text);
    first = false;
  });
  return settings;
}

function read(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function oneOf<T extends string>(choices: readonly [T, ...T[]], value: unknown): T {
  return choices.find((choice) => choice === value) ?? choices[0];
}

function strings(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null;
  return value.filter((one): one is string => typeof one === 'string');
}
