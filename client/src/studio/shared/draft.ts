import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { KeyValueStorage } from '../../state/storage.js';
import { isRecord, stringOf } from '../../state/json.js';
import { parseJson, type JsonFault } from './json-lines.js';

/** What can be drafted: how it is read of JSON, as far as that goes, and written as JSON. */
export interface Kind<Config> {
  /** Under which drafts are kept, together with their name. */
  key: string;
  read: (value: unknown) => Config;
  write: (config: Config) => string;
}

/**
 * A graph or an agent that is being written. Its text is what there is; the form shows what can be read of it, and writes it anew. So
 * the two cannot disagree. What is not saved outlives the page.
 */
export class Draft<Config> {
  /** The name that it is stored under; empty for one that is not stored yet. */
  readonly name: string;
  readonly #kind: Kind<Config>;
  readonly #storage: KeyValueStorage;
  readonly #stored = signal('');
  readonly #text = signal('');
  /** What was stored when the unsaved changes were begun. */
  #begun = '';

  /** What the text says; the last that could be read while it cannot. */
  readonly config: ReadonlySignal<Config>;
  /** Why the text cannot be read. */
  readonly broken: ReadonlySignal<JsonFault | undefined>;
  readonly dirty: ReadonlySignal<boolean> = computed(() => this.#text.value !== this.#stored.value);

  /** @param stored as the server has it */
  constructor(kind: Kind<Config>, name: string, stored: Config, storage: KeyValueStorage) {
    this.name = name;
    this.#kind = kind;
    this.#storage = storage;
    this.#stored.value = kind.write(stored);
    const kept = this.#kept();
    this.#begun = kept?.begun ?? this.#stored.value;
    this.#text.value = kept?.text ?? this.#stored.value;
    let last = stored;
    const parsed = computed(() => parseJson(this.#text.value));
    this.config = computed(() => {
      const { value, fault } = parsed.value;
      if (!fault) last = kind.read(value);
      return last;
    });
    this.broken = computed(() => parsed.value.fault);
  }

  get text(): ReadonlySignal<string> {
    return this.#text;
  }

  /** Whether what is stored was changed elsewhere after the unsaved changes were begun. */
  get overtaken(): boolean {
    return this.dirty.peek() && this.#begun !== this.#stored.peek();
  }

  /** What is to be checked and saved: the text as it is, with all that the form does not know. */
  get document(): unknown {
    const { value } = parseJson(this.#text.peek());
    return value;
  }

  write(text: string): void {
    if (!this.dirty.peek()) this.#begun = this.#stored.peek();
    this.#text.value = text;
    this.#keep();
  }

  edit(change: (config: Config) => Config): void {
    this.write(this.#kind.write(change(this.config.peek())));
  }

  /** Takes back everything that is not saved. */
  discard(): void {
    this.write(this.#stored.peek());
  }

  /** Takes the text of the last configuration that could be read. */
  repair(): void {
    this.write(this.#kind.write(this.config.peek()));
  }

  /** The server has this text now. */
  saved(text: string): void {
    this.#stored.value = text;
    this.#begun = text;
    this.#keep();
  }

  /** Forgets what is kept of it, because it is gone. */
  forget(): void {
    this.#storage.remove(this.#key);
  }

  get #key(): string {
    return `${this.#kind.key}.${this.name}`;
  }

  #keep(): void {
    if (!this.dirty.peek()) this.forget();
    else this.#storage.set(this.#key, JSON.stringify({ text: this.#text.peek(), begun: this.#begun }));
  }

  #kept(): { text: string; begun: string } | undefined {
    const { value } = parseJson(this.#storage.get(this.#key) ?? '');
    return isRecord(value) ? { text: stringOf(value['text']), begun: stringOf(value['begun']) } : undefined;
  }
}
