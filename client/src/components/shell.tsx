import { useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import { NEW_CHAT } from '../state/drafts.js';
import { useApp } from './app-context.js';
import { Composer } from './composer.js';
import { ConnectionChip } from './connection-chip.js';
import { Icon } from './icons.js';
import type { ScrollFollower } from './scroll-follower.js';
import { Sidebar } from './sidebar.js';
import { StatusLine } from './status-line.js';
import { Transcript } from './transcript.js';

export function Shell() {
  const app = useApp();
  const drawer = useRef<HTMLDialogElement>(null);
  const scroll = useRef<ScrollFollower | null>(null);
  const conversation = app.conversation.value;
  const key = conversation?.id ?? NEW_CHAT;
  const sidebarOpen = app.settings.sidebarOpen.value;
  const closeDrawer = (): void => drawer.current?.close();

  useSignalEffect(() => {
    const title = app.title.value;
    document.title = title === '' ? t('appName') : `${title} · ${t('appName')}`;
  });
  useEscapeToStop();

  return (
    <div class={sidebarOpen ? 'shell shell-with-sidebar' : 'shell'}>
      {sidebarOpen && (
        <aside class="sidebar">
          <Sidebar
            hideLabel={t('hideSidebar')}
            onHide={() => (app.settings.sidebarOpen.value = false)}
            onNavigate={() => undefined}
          />
        </aside>
      )}
      <Drawer dialog={drawer}>
        <Sidebar hideLabel={t('closeSidebar')} onHide={closeDrawer} onNavigate={closeDrawer} />
      </Drawer>
      <main class="main">
        <header class="topbar">
          <button
            type="button"
            class="icon-button drawer-button"
            aria-label={t('showSidebar')}
            title={t('showSidebar')}
            onClick={() => drawer.current?.showModal()}
          >
            <Icon name="menu" />
          </button>
          {!sidebarOpen && (
            <button
              type="button"
              class="icon-button sidebar-button"
              aria-label={t('showSidebar')}
              title={t('showSidebar')}
              onClick={() => (app.settings.sidebarOpen.value = true)}
            >
              <Icon name="panel" />
            </button>
          )}
          <p class="topbar-title">{app.title.value}</p>
          <button
            type="button"
            class="icon-button topbar-new"
            aria-label={t('newChat')}
            title={t('newChat')}
            onClick={() => app.router.open(undefined)}
          >
            <Icon name="pen" />
          </button>
        </header>
        <Transcript key={key} conversation={conversation} scroll={scroll} />
        <div class="dock">
          <ConnectionChip turn={conversation?.live.value} />
          <Composer key={key} conversation={conversation} onSend={() => scroll.current?.follow()} />
        </div>
      </main>
      <StatusLine conversation={conversation} />
    </div>
  );
}

/** The sidebar of small screens. A modal dialog keeps the focus inside, closes on Escape and gives the focus back. */
function Drawer({
  dialog,
  children,
}: {
  dialog: { current: HTMLDialogElement | null };
  children: ComponentChildren;
}) {
  const opened = useSignal(false);
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-label={t('conversations')}
      onToggle={(event) => (opened.value = event.newState === 'open')}
      onClick={(event) => {
        if (event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div class="sidebar drawer-content">{opened.value && children}</div>
    </dialog>
  );
}

/** Escape stops the answer, unless it is needed to close something or to leave a composition. */
function useEscapeToStop(): void {
  const app = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.isComposing || event.keyCode === 229 || event.defaultPrevented)
        return;
      if (document.querySelector(':popover-open, dialog[open]')) return;
      void app.conversation.peek()?.stop();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [app]);
}
