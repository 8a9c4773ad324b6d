import { signal, type ReadonlySignal } from '@preact/signals';

/** `/c/<id>` is a conversation; every other address is the start screen. */
export class Router {
  readonly #conversationId = signal<string | undefined>(undefined);

  constructor() {
    this.#read();
    addEventListener('popstate', () => this.#read());
  }

  get conversationId(): ReadonlySignal<string | undefined> {
    return this.#conversationId;
  }

  /** Goes to a conversation, or to the start screen. */
  open(id: string | undefined): void {
    if (id === this.#conversationId.peek()) return;
    history.pushState(null, '', pathOf(id));
    this.#conversationId.value = id;
  }

  #read(): void {
    this.#conversationId.value = idOf(location.pathname);
  }
}

export function pathOf(id: string | undefined): string {
  return id === undefined ? '/' : `/c/${encodeURIComponent(id)}`;
}

export function idOf(path: string): string | undefined {
  const encoded = /^\/c\/([^/]+)\/?$/.exec(path)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const id = decodeURIComponent(encoded);
    return /^[A-Za-z0-9._:-]{1,128}$/.test(id) ? id : undefined;
  } catch {
    return undefined;
  }
}
