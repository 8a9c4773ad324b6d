import { useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import { useApp } from './app-context.js';
import { ConversationMenuHost, MenuButton, Renaming } from './conversation-menu.js';
import { useConversationMenu, type ConversationMenu } from './menu-state.js';
import { Icon } from './icons.js';
import { withPanels } from './panels.js';

export function Topbar({ openDrawer }: { openDrawer: () => void }) {
  const { settings, router, known } = useApp();
  const menu = useConversationMenu();
  // Only what the server has can be renamed, and only then is it known here.
  const id = known.find(router.conversationId.value)?.id;
  return (
    <header class="topbar">
      <button
        type="button"
        class="icon-button drawer-button"
        aria-label={t('showSidebar')}
        title={t('showSidebar')}
        onClick={openDrawer}
      >
        <Icon name="menu" />
      </button>
      {!settings.sidebarOpen.value && (
        <button
          type="button"
          class="icon-button sidebar-button"
          aria-label={t('showSidebar')}
          title={t('showSidebar')}
          onClick={() => (settings.sidebarOpen.value = true)}
        >
          <Icon name="panel" />
        </button>
      )}
      {id === undefined ? <span class="topbar-title" /> : <Title key={id} id={id} menu={menu} />}
      {id !== undefined && (
        <>
          <Favorite id={id} />
          <MenuButton menu={menu} id={id} label={t('options')} />
        </>
      )}
      <button
        type="button"
        class="icon-button topbar-new"
        aria-label={t('newChat')}
        title={t('newChat')}
        onClick={() => router.open(undefined)}
      >
        <Icon name="pen" />
      </button>
      <ConversationMenuHost menu={menu} place="topbar" />
    </header>
  );
}

function Title({ id, menu }: { id: string; menu: ConversationMenu }) {
  const app = useApp();
  const place = useRef<HTMLHeadingElement>(null);
  const renaming = menu.task.value?.kind === 'rename';
  return (
    <h1 ref={place} class="topbar-title">
      {renaming ? (
        <Renaming id={id} menu={menu} place={place} />
      ) : (
        <button
          type="button"
          class="title-button"
          dir="auto"
          title={t('rename')}
          onClick={() => (menu.task.value = { kind: 'rename', id })}
        >
          {app.title.value}
        </button>
      )}
    </h1>
  );
}

function Favorite({ id }: { id: string }) {
  const app = useApp();
  const on = app.known.find(id)?.status === 'favorite';
  const label = t(on ? 'unfavorite' : 'favorite');
  return (
    <button
      type="button"
      class="icon-button favorite-button"
      aria-label={t('favorite')}
      aria-pressed={on}
      title={label}
      onClick={() => void withPanels(app, (panels) => panels.setStatus(app, id, on ? 'active' : 'favorite'))}
    >
      <Icon name="star" />
    </button>
  );
}
