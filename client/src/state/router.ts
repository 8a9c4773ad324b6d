import { computed, signal, type ReadonlySignal } from '@preact/signals';

/** A place where graphs or agents are made; an empty name is one that has none yet. */
export interface Workshop {
  kind: 'graphs' | 'agents';
  name: string;
}

/** `/c/<id>` is a conversation, `/graphs/<name>` and `/agents/<name>` are forms; every other address is the start screen. */
export class Router {
  readonly #path = signal(location.pathname);

  readonly conversationId: ReadonlySignal<string | undefined> = computed(() => idOf(this.#path.value));
  readonly workshop: ReadonlySignal<Workshop | undefined> = computed(() => workshopOf(this.#path.value));

  constructor() {
    addEventListener('popstate', () => (this.#path.value = location.pathname));
  }

  /** Goes to a conversation, or to the start screen. */
  open(id: string | undefined): void {
    this.go(pathOf(id));
  }

  go(path: string): void {
    if (path === location.pathname) return;
    history.pushState(null, '', path);
    this.#path.value = path;
  }
}

export function pathOf(id: string | undefined): string {
  return id === undefined ? '/' : `/c/${encodeURIComponent(id)}`;
}

export function idOf(path: string): string | undefined {
  const id = decoded(/^\/c\/([^/]+)\/?$/.exec(path)?.[1]);
  return /^[A-Za-z0-9._:-]{1,128}$/.test(id) ? id : undefined;
}

export function workshopOf(path: string): Workshop | undefined {
  const [, kind, name] = /^\/(graphs|agents)(?:\/([^/]*))?\/?$/.exec(path) ?? [];
  return kind === undefined ? undefined : { kind: kind as Workshop['kind'], name: decoded(name) };
}

/** Empty where there is nothing, or nothing that can be decoded. */
function decoded(text = ''): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
