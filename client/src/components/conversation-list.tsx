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

export function ConversationList({ menu, onOpen, clearSearch }: ConversationListProps) {
  const { list } = useApp();
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
  const hidden = list.favoriteCount.value > FAVORITES_ON_TOP && favorites.length > 0;
  return (
    <div class="conversation-groups" aria-busy={list.searching.value}>
      {favorites.length > 0 && (
        <Group name={t('favorites')} items={favorites} menu={menu} onOpen={onOpen}>
          {hidden && (
            <button type="button" class="list-button" onClick={() => list.choose('favorite')}>
              {t('allFavorites', { count: list.favoriteCount.value })}
            </button>
          )}
        </Group>
      )}
      {byAge(items).map(({ age, members }) => (
        <Group key={age} name={t(age)} items={members} menu={menu} onOpen={onOpen} />
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
  menu: ConversationMenu;
  onOpen: () => void;
  children?: preact.ComponentChildren;
}) {
  return (
    <section class="conversation-group" aria-label={props.name}>
      <h2>{props.name}</h2>
      <ul>
        {props.items.map((item) => (
          <Row key={item.id} item={item} menu={props.menu} onOpen={props.onOpen} />
        ))}
      </ul>
      {props.children}
    </section>
  );
}

function Row({ item, menu, onOpen }: { item: ConversationItem; menu: ConversationMenu; onOpen: () => void }) {
  const { list, router } = useApp();
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
            title={tags === '' ? title : `${title}\n${tags}`}
            aria-current={router.conversationId.value === item.id ? 'page' : undefined}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
              event.preventDefault();
              router.open(item.id);
              onOpen();
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
          <MenuButton menu={menu} id={item.id} label={t('optionsOf', { title })} />
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
