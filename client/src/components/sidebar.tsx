import { useId, useRef } from 'preact/hooks';
import type { MessageKey } from '../i18n/en.js';
import { t } from '../i18n/locale.js';
import type { ListFilter } from '../state/conversation-list.js';
import { pathOf } from '../state/router.js';
import { useApp } from './app-context.js';
import { ConversationList } from './conversation-list.js';
import { ConversationMenuHost } from './conversation-menu.js';
import { useConversationMenu } from './menu-state.js';
import { Icon, Mark } from './icons.js';
import { stepThroughList } from './list-keys.js';
import { SettingsMenu } from './settings-menu.js';

/** @param onNavigate called when something was opened, so that a drawer can close */
export function Sidebar({
  onHide,
  onNavigate,
  hideLabel,
}: {
  onHide: () => void;
  onNavigate: () => void;
  hideLabel: string;
}) {
  const { list, router } = useApp();
  const menu = useConversationMenu();
  const search = useRef<HTMLInputElement>(null);
  const clearSearch = (): void => {
    list.search('');
    if (!search.current) return;
    search.current.value = '';
    search.current.focus();
  };
  return (
    <>
      <header class="sidebar-head">
        <span class="brand">
          <Mark /> {t('appName')}
        </span>
        <button type="button" class="icon-button" aria-label={hideLabel} title={hideLabel} onClick={onHide}>
          <Icon name="panel" />
        </button>
      </header>
      <a
        class="sidebar-action new-chat"
        href={pathOf(undefined)}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          router.open(undefined);
          onNavigate();
        }}
      >
        <Icon name="pen" />
        <span>{t('newChat')}</span>
      </a>
      <div class="sidebar-find" onKeyDown={stepThroughList}>
        <SearchBox input={search} clear={clearSearch} />
        <FilterChoice />
        <Found />
        <nav class="conversations" aria-label={t('conversations')}>
          <ConversationList menu={menu} onOpen={onNavigate} clearSearch={clearSearch} />
        </nav>
      </div>
      <ConversationMenuHost menu={menu} place="list" />
      <footer class="sidebar-foot">
        <SettingsMenu />
      </footer>
    </>
  );
}

/** Not bound to the query: what an input method has not finished is no query, and must not be taken out of the box. */
function SearchBox({ input, clear }: { input: { current: HTMLInputElement | null }; clear: () => void }) {
  const { list } = useApp();
  return (
    <div class="search">
      <Icon name="search" />
      <input
        ref={input}
        class="search-box"
        type="search"
        maxLength={200}
        aria-label={t('search')}
        placeholder={t('search')}
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        defaultValue={list.query.peek()}
        onInput={(event) => {
          if (!event.isComposing) list.search(event.currentTarget.value);
        }}
        onCompositionEnd={(event) => list.search(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.isComposing || event.currentTarget.value === '') return;
          // This Escape neither stops an answer nor closes the drawer.
          event.preventDefault();
          clear();
        }}
      />
      {list.query.value !== '' && (
        <button
          type="button"
          class="icon-button search-clear"
          aria-label={t('clearSearch')}
          title={t('clearSearch')}
          onClick={clear}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

const filters: readonly (readonly [ListFilter, MessageKey])[] = [
  ['all', 'filterAll'],
  ['favorite', 'favorites'],
  ['deleted', 'removed'],
];

function FilterChoice() {
  const { list } = useApp();
  const name = useId();
  return (
    <fieldset class="segments list-filter">
      <legend class="sr-only">{t('filter')}</legend>
      {filters.map(([filter, label]) => (
        <label key={filter} class="segment">
          <input
            type="radio"
            name={name}
            checked={list.filter.value === filter}
            onChange={() => list.choose(filter)}
          />
          <span>{t(label)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Says to those who cannot see the list how much a search has found. */
function Found() {
  const { list } = useApp();
  const count = list.items.value.length + list.favorites.value.length;
  const done = list.query.value.trim() !== '' && !list.searching.value;
  return (
    <p class="sr-only" aria-live="polite">
      {done && t('found', { count })}
    </p>
  );
}
