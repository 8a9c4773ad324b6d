import { signal, type Signal } from '@preact/signals';
import type { KeyValueStorage } from './storage.js';

const DEBOUNCE_MS = 300;
/** The start screen's draft: its conversation has no id yet. */
export const NEW_CHAT = 'new';

/**
 * What was typed and not yet sent, per conversation, and the prompt that was sent but not yet accepted by the server. Both
 * outlive the page. Writes of drafts wait 300 ms, because storage is synchronous; `flush` writes at once.
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
    this.#write(heldKey(conversation), prompt);
  }

  held(conversation: string): string {
    return this.#storage.get(heldKey(conversation)) ?? '';
  }

  /** The server has the prompt. */
  release(conversation: string): void {
    this.#storage.remove(heldKey(conversation));
  }

  /** The prompt did not arrive: it becomes the draft again, unless something else was typed meanwhile. */
  reclaim(conversation: string): void {
    const prompt = this.held(conversation);
    this.release(conversation);
    if (prompt === '' || this.of(conversation).peek() !== '') return;
    this.set(conversation, prompt);
    this.flush();
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
