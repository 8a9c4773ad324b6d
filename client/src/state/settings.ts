import { effect, signal, type Signal } from '@preact/signals';
import { MODES, type Mode } from './asks.js';
import { isRecord, stringOf } from './json.js';
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
  /** What a new conversation talks to, and to which graph or agent; empty where none was chosen. */
  readonly mode: Signal<Mode>;
  readonly graph: Signal<string>;
  readonly agent: Signal<string>;
  readonly sidebarOpen: Signal<boolean>;
}

const KEY = 'settings';

/** Reads the settings and writes them back whenever one changes. */
export function createSettings(storage: KeyValueStorage): Settings {
  const stored = read(storage.get(KEY));
  const settings: Settings = {
    theme: signal(oneOf(['system', 'light', 'dark'], stored['theme'])),
    locale: signal(oneOf(['system', 'en', 'zh'], stored['locale'])),
    model: signal(stringOf(stored['model'])),
    servers: signal(strings(stored['servers'])),
    mode: signal(oneOf<Mode>([...MODES, 'design'], stored['mode'])),
    graph: signal(stringOf(stored['graph'])),
    agent: signal(stringOf(stored['agent'])),
    sidebarOpen: signal(stored['sidebarOpen'] !== false),
  };
  let first = true;
  effect(() => {
    const values = Object.entries<Signal>({ ...settings }).map(([name, { value }]) => [
      name,
      value as unknown,
    ]);
    const text = JSON.stringify(Object.fromEntries(values));
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
