import type { KeyValueStorage } from './storage.js';

const DEBOUNCE_MS = 300;
/** The start screen's draft: its conversation has no id yet. */
export const NEW_CHAT = 'new';

/**
 * What was typed and not yet accepted by the server, per conversation. Writes wait 300 ms, because storage is synchronous;
 * `flush` writes at once (the page is being left).
 */
export class Drafts {
  readonly #storage: KeyValueStorage;
  readonly #pending = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(storage: KeyValueStorage) {
    this.#storage = storage;
  }

  get(conversation: string): string {
    return this.#pending.get(conversation) ?? this.#storage.get(keyOf(conversation)) ?? '';
  }

  set(conversation: string, text: string): void {
    this.#pending.set(conversation, text);
    this.#timer ??= setTimeout(() => this.flush(), DEBOUNCE_MS);
  }

  clear(conversation: string): void {
    this.#pending.delete(conversation);
    this.#storage.remove(keyOf(conversation));
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [conversation, text] of this.#pending) {
      if (text === '') this.#storage.remove(keyOf(conversation));
      else this.#storage.set(keyOf(conversation), text);
    }
    this.#pending.clear();
  }
}

function keyOf(conversation: string): string {
  return `draft.${conversation}`;
}
