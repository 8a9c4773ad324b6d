import { signal, type Signal } from '@preact/signals';
import type { KeyValueStorage } from './storage.js';

const DEBOUNCE_MS = 300;
/** The start screen's draft: its conversation has no id yet. */
export const NEW_CHAT = 'new';

/**
 * What was typed and not yet sent, per conversation, and the prompts that were sent but not yet accepted by the server.
 * Both outlive the page. Writes of drafts wait 300 ms, because storage is synchronous; `flush` writes at once.
 */
export class Drafts {
  readonly #storage: KeyValueStorage;
  readonly #drafts = new Map<string, Signal<string>>();
  readonly #dirty = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(storage: KeyValueStorage) {
    this.#storage = storage;
  }

  of(conversation: string): Signal<string> {
    let draft = this.#drafts.get(conversation);
    if (!draft) {
      draft = signal(this.#storage.get(draftKey(conversation)) ?? '');
      this.#drafts.set(conversation, draft);
    }
    return draft;
  }

  set(conversation: string, text: string): void {
    this.of(conversation).value = text;
    this.#dirty.add(conversation);
    this.#timer ??= setTimeout(() => this.flush(), DEBOUNCE_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const conversation of this.#dirty) {
      this.#write(draftKey(conversation), this.of(conversation).peek());
    }
    this.#dirty.clear();
  }

  /** Keeps a prompt that is on its way. */
  hold(conversation: string, prompt: string): void {
    // A run that goes on has none.
    if (prompt !== '') this.#keep(conversation, [...this.held(conversation), prompt]);
  }

  /** The prompts that are on their way, or were when the page was left; in order. */
  held(conversation: string): string[] {
    const text = this.#storage.get(heldKey(conversation)) ?? '[]';
    try {
      const prompts: unknown = JSON.parse(text);
      return Array.isArray(prompts) ? prompts.filter((one): one is string => typeof one === 'string') : [];
    } catch {
      return [];
    }
  }

  /** The server has the prompt. */
  release(conversation: string, prompt: string): void {
    const held = this.held(conversation);
    const index = held.indexOf(prompt);
    if (index >= 0) this.#keep(conversation, held.toSpliced(index, 1));
  }

  /** The prompt did not arrive: it becomes the draft again, unless something else was typed meanwhile. */
  reclaim(conversation: string, prompt: string): void {
    this.release(conversation, prompt);
    this.giveBack(conversation, prompt);
  }

  /** Makes a text the draft, unless there is one. */
  giveBack(conversation: string, text: string): boolean {
    if (text === '' || this.of(conversation).peek() !== '') return false;
    this.set(conversation, text);
    this.flush();
    return true;
  }

  #keep(conversation: string, prompts: readonly string[]): void {
    this.#write(heldKey(conversation), prompts.length === 0 ? '' : JSON.stringify(prompts));
  }

  #write(key: string, text: string): void {
    if (text === '') this.#storage.remove(key);
    else this.#storage.set(key, text);
  }
}

function draftKey(conversation: string): string {
  return `draft.${conversation}`;
}

function heldKey(conversation: string): string {
  return `held.${conversation}`;
}
