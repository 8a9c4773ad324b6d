import { batch, computed, signal, type ReadonlySignal } from '@preact/signals';
import { getJson } from '../stream/api.js';
import type { StreamEnvironment } from '../stream/environment.js';
import { problemOf } from '../stream/problem.js';
import { readItem, type ConversationItem, type ConversationStatus } from './conversation-item.js';
import { isRecord, stringOf } from './json.js';
import type { KnownConversations } from './known-conversations.js';
import type { Loadable } from './loadable.js';

export type ListFilter = 'all' | 'favorite' | 'deleted';

interface Page {
  ids: readonly string[];
  next: string;
  total: number;
}

interface FetchedPage extends Page {
  items: readonly ConversationItem[];
}

/** What the list shows, and what it was asked for. */
interface Shown {
  filter: ListFilter;
  query: string;
  /** The favourites above all others; empty where the filter names one kind. */
  favorites: Page;
  rest: Page;
}

const PAGE = 40;
/** What the server gives at once. */
const MOST = 200;
/** Favourites that stand above the others; the filter shows all of them. */
export const FAVORITES_ON_TOP = 5;
const DEBOUNCE_MS = 250;
const nothing: FetchedPage = { items: [], ids: [], next: '', total: 0 };

/** The list of conversations: filtered, searched, as far as it was scrolled. Of answers that overlap the last one counts. */
export class ConversationList {
  readonly #world: Pick<StreamEnvironment, 'fetch' | 'setTimer'>;
  readonly #known: KnownConversations;
  readonly #filter = signal<ListFilter>('all');
  readonly #query = signal('');
  readonly #state = signal<Loadable<Shown>>({ kind: 'loading' });
  readonly #more = signal<'idle' | 'loading' | 'failed'>('idle');
  #latest = 0;
  #cancelTimer: () => void = () => undefined;

  /** Favourites above the others, and only where they stand above others. */
  readonly favorites: ReadonlySignal<readonly ConversationItem[]> = computed(() =>
    this.#of(this.#shown?.filter === 'all' ? 'favorite' : undefined).slice(0, FAVORITES_ON_TOP),
  );
  readonly items: ReadonlySignal<readonly ConversationItem[]> = computed(() => {
    const filter = this.#shown?.filter;
    return this.#of(filter === 'all' ? 'active' : filter);
  });
  readonly favoriteCount: ReadonlySignal<number> = computed(() => this.#shown?.favorites.total ?? 0);
  readonly canLoadMore: ReadonlySignal<boolean> = computed(() => (this.#shown?.rest.next ?? '') !== '');
  /** What is shown is not yet what was asked for. */
  readonly searching: ReadonlySignal<boolean> = computed(() => {
    const [filter, query] = [this.#filter.value, this.#query.value.trim()];
    const shown = this.#shown;
    return shown !== undefined && (shown.filter !== filter || shown.query !== query);
  });

  constructor(world: Pick<StreamEnvironment, 'fetch' | 'setTimer'>, known: KnownConversations) {
    this.#world = world;
    this.#known = known;
  }

  get state(): ReadonlySignal<Loadable<unknown>> {
    return this.#state;
  }
  get filter(): ReadonlySignal<ListFilter> {
    return this.#filter;
  }
  get query(): ReadonlySignal<string> {
    return this.#query;
  }
  get more(): ReadonlySignal<'idle' | 'loading' | 'failed'> {
    return this.#more;
  }

  choose(filter: ListFilter): void {
    this.#filter.value = filter;
    void this.load();
  }

  /** Looks for a text in titles, tags and messages: a moment later, because more may be typed. */
  search(text: string): void {
    this.#query.value = text;
    // What is on its way answers an older question.
    this.#latest += 1;
    this.#cancelTimer();
    if (text === '') void this.load();
    else this.#cancelTimer = this.#world.setTimer(() => void this.load(), DEBOUNCE_MS);
  }

  /** Loads what is shown, or was asked for, as far as it was scrolled. A failure leaves what is there, if it is still what is asked for. */
  async load(): Promise<void> {
    this.#cancelTimer();
    this.#latest += 1;
    const mine = this.#latest;
    const filter = this.#filter.peek();
    const query = this.#query.peek().trim();
    const shown = this.#peek();
    const same = shown?.filter === filter && shown.query === query;
    const limit = same ? Math.min(MOST, Math.max(PAGE, shown.rest.ids.length)) : PAGE;
    if (this.#state.peek().kind === 'failed') this.#state.value = { kind: 'loading' };
    try {
      const [favorites, rest] = await Promise.all([
        filter === 'all' ? this.#fetch('favorite', query, FAVORITES_ON_TOP) : nothing,
        this.#fetch(filter === 'all' ? 'active' : filter, query, limit),
      ]);
      if (mine !== this.#latest) return;
      batch(() => {
        this.#known.learn([...favorites.items, ...rest.items]);
        this.#more.value = 'idle';
        this.#state.value = { kind: 'ready', data: { filter, query, favorites, rest } };
      });
    } catch (error) {
      if (mine !== this.#latest || same) return;
      this.#state.value = { kind: 'failed', problem: problemOf(error) };
    }
  }

  async loadMore(): Promise<void> {
    const shown = this.#peek();
    if (!shown || shown.rest.next === '' || this.#more.peek() === 'loading' || this.searching.peek()) return;
    const mine = this.#latest;
    this.#more.value = 'loading';
    try {
      const { filter, query, rest } = shown;
      const page = await this.#fetch(filter === 'all' ? 'active' : filter, query, PAGE, rest.next);
      if (mine !== this.#latest) return;
      batch(() => {
        this.#known.learn(page.items);
        const ids = [...new Set([...rest.ids, ...page.ids])];
        this.#state.value = { kind: 'ready', data: { ...shown, rest: { ...page, ids } } };
        this.#more.value = 'idle';
      });
    } catch {
      if (mine === this.#latest) this.#more.value = 'failed';
    }
  }

  get #shown(): Shown | undefined {
    const state = this.#state.value;
    return state.kind === 'ready' ? state.data : undefined;
  }

  #peek(): Shown | undefined {
    const state = this.#state.peek();
    return state.kind === 'ready' ? state.data : undefined;
  }

  /** Those of a status, newest first: a change that is on its way may have moved one here from another part of the list. */
  #of(status: ConversationStatus | undefined): ConversationItem[] {
    const shown = this.#shown;
    if (!shown) return [];
    return [...new Set([...shown.favorites.ids, ...shown.rest.ids])]
      .flatMap((id) => this.#known.find(id) ?? [])
      .filter((item) => item.status === status)
      .sort((a, b) => b.updatedAt - a.updatedAt);
  }

  async #fetch(status: ConversationStatus, query: string, limit: number, cursor = ''): Promise<FetchedPage> {
    const parameters = new URLSearchParams({ status, limit: String(limit) });
    if (query !== '') parameters.set('q', query);
    if (cursor !== '') parameters.set('cursor', cursor);
    const body = await getJson(this.#world.fetch, `/api/chat/conversations?${parameters}`);
    const answer = isRecord(body) ? body : {};
    const entries: unknown[] = Array.isArray(answer['conversations']) ? answer['conversations'] : [];
    const items = entries.flatMap((one) => readItem(one) ?? []);
    return {
      items,
      ids: items.map(({ id }) => id),
      next: stringOf(answer['next_cursor']),
      total: Number(answer['total_count']) || 0,
    };
  }
}
