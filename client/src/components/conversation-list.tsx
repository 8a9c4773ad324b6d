import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ageOf, formatWhen, type Age } from '../i18n/format.js';
import { t } from '../i18n/locale.js';
import type { ConversationItem } from '../state/conversation-item.js';
import { FAVORITES_ON_TOP } from '../state/conversation-list.js';
import { pathOf } from '../state/router.js';
import { useApp } from './app-context.js';
import { MenuButton, Renaming } from './conversation-menu.js';
import type { ConversationMenu } from './menu-state.js';
import { Icon, Spinner } from './icons.js';
import { Failure, Loading } from './states.js';

export interface ConversationListProps {
  menu: ConversationMenu;
  onOpen: () => void;
  clearSearch: () => void;
}

/** What the rows of the list have in common. */
interface Rows {
  menu: ConversationMenu;
  onOpen: () => void;
  /** The conversation that had the focus last. */
  focused: Signal<string | undefined>;
  /** The one that the Tab key reaches; the arrow keys reach the others. */
  stop: string | undefined;
}

export function ConversationList({ menu, onOpen, clearSearch }: ConversationListProps) {
  const { list, router } = useApp();
  const focused = useSignal<string | undefined>(undefined);
  const state = list.state.value;
  const favorites = list.favorites.value;
  const items = list.items.value;
  if (state.kind === 'loading') return <Loading text={t('loading')} />;
  if (state.kind === 'failed') {
    return (
      <Failure title={t('conversationsFailed')} problem={state.problem} retry={() => void list.load()} />
    );
  }
  if (favorites.length + items.length === 0 && !list.canLoadMore.value) {
    return <Nothing clearSearch={clearSearch} />;
  }
  const ids = [...favorites, ...items].map(({ id }) => id);
  const wanted = [focused.value, router.conversationId.value].find(
    (id) => id !== undefined && ids.includes(id),
  );
  const rows = { menu, onOpen, focused, stop: wanted ?? ids[0] };
  const hidden = list.favoriteCount.value > FAVORITES_ON_TOP && favorites.length > 0;
  return (
    <div class="conversation-groups" aria-busy={list.searching.value}>
      {favorites.length > 0 && (
        <Group name={t('favorites')} items={favorites} rows={rows}>
          {hidden && (
            <button type="button" class="list-button" onClick={() => list.choose('favorite')}>
              {t('allFavorites', { count: list.favoriteCount.value })}
            </button>
          )}
        </Group>
      )}
      {byAge(items).map(({ age, members }) => (
        <Group key={age} name={t(age)} items={members} rows={rows} />
      ))}
      {list.canLoadMore.value && <More key={items.length} />}
    </div>
  );
}

function Nothing({ clearSearch }: { clearSearch: () => void }) {
  const { list } = useApp();
  const query = list.query.value.trim();
  if (query !== '') {
    return (
      <div class="state-note">
        <p>{t('nothingFound', { query })}</p>
        <button type="button" class="button" onClick={clearSearch}>
          {t('clearSearch')}
        </button>
      </div>
    );
  }
  const empty = { all: 'conversationsEmpty', favorite: 'favoritesEmpty', deleted: 'removedEmpty' } as const;
  return <p class="state-note muted">{t(empty[list.filter.value])}</p>;
}

function Group(props: {
  name: string;
  items: readonly ConversationItem[];
  rows: Rows;
  children?: preact.ComponentChildren;
}) {
  return (
    <section class="conversation-group" aria-label={props.name}>
      <h2>{props.name}</h2>
      <ul>
        {props.items.map((item) => (
          <Row key={item.id} item={item} rows={props.rows} />
        ))}
      </ul>
      {props.children}
    </section>
  );
}

function Row({ item, rows }: { item: ConversationItem; rows: Rows }) {
  const { list, router } = useApp();
  const { menu, focused, stop } = rows;
  const tabIndex = item.id === stop ? 0 : -1;
  const title = item.title === '' ? t('untitled') : item.title;
  const row = useRef<HTMLLIElement>(null);
  const task = menu.task.value;
  const tags = item.tags.map((tag) => `#${tag}`).join(' ');
  return (
    <li ref={row} class="conversation-row" data-conversation={item.id}>
      {task?.kind === 'rename' && task.id === item.id ? (
        <Renaming menu={menu} id={item.id} place={row} />
      ) : (
        <>
          <a
            class="conversation-link"
            href={pathOf(item.id)}
            tabIndex={tabIndex}
            onFocus={() => (focused.value = item.id)}
            title={tags === '' ? title : `${title}\n${tags}`}
            aria-current={router.conversationId.value === item.id ? 'page' : undefined}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
              event.preventDefault();
              router.open(item.id);
              rows.onOpen();
            }}
          >
            <span class="conversation-title" dir="auto">
              {title}
            </span>
            {item.status === 'favorite' && (
              <span class="star" role="img" aria-label={t('favorites')}>
                <Icon name="star" />
              </span>
            )}
            <Mark id={item.id} />
            <time>{formatWhen(item.updatedAt)}</time>
            {tags !== '' && list.query.value !== '' && <span class="conversation-tags">{tags}</span>}
          </a>
          <MenuButton menu={menu} id={item.id} label={t('optionsOf', { title })} tabIndex={tabIndex} />
        </>
      )}
    </li>
  );
}

/** Says that the conversation answers at this moment, or has answered unseen. */
function Mark({ id }: { id: string }) {
  const activity = useApp().activities.value.get(id);
  if (!activity) return null;
  return <span class={`activity-mark ${activity}`} role="img" aria-label={t(activity)} title={t(activity)} />;
}

/** The end of what is loaded; more is loaded when it comes into view. Mounted anew for each page. */
function More() {
  const { list } = useApp();
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!end.current) return undefined;
    const seen = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) void list.loadMore();
    });
    seen.observe(end.current);
    return () => seen.disconnect();
  }, [list]);
  return (
    <div ref={end} class="list-end">
      {list.more.value === 'failed' ? (
        <>
          <p class="muted">{t('moreFailed')}</p>
          <button type="button" class="button" onClick={() => void list.loadMore()}>
            {t('tryAgain')}
          </button>
        </>
      ) : (
        <Spinner />
      )}
    </div>
  );
}

function byAge(items: readonly ConversationItem[]): { age: Age; members: ConversationItem[] }[] {
  const groups = new Map<Age, ConversationItem[]>();
  for (const item of items) {
    const age = ageOf(item.updatedAt);
    groups.set(age, [...(groups.get(age) ?? []), item]);
  }
  return [...groups].map(([age, members]) => ({ age, members }));
}
