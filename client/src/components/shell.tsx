import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import type { Conversation } from '../state/conversation.js';
import { NEW_CHAT } from '../state/drafts.js';
import type { Turn } from '../state/turn.js';
import { useApp } from './app-context.js';
import { Composer } from './composer.js';
import { ConnectionChip } from './connection-chip.js';
import { NoticeList } from './notice-list.js';
import { Panel } from './panels.js';
import { Studio } from './studio.js';
import type { ScrollFollower } from './scroll-follower.js';
import { useShortcuts } from './shortcuts.js';
import { Sidebar } from './sidebar.js';
import { StatusLine } from './status-line.js';
import { Topbar } from './topbar.js';
import { Transcript } from './transcript.js';

export function Shell() {
  const app = useApp();
  const drawer = useRef<HTMLDialogElement>(null);
  const scroll = useRef<ScrollFollower | null>(null);
  const editing = useSignal<Turn | undefined>(undefined);
  const conversation = app.conversation.value;
  const key = conversation?.id ?? NEW_CHAT;
  const isRemoved = app.known.find(key)?.status === 'deleted';
  const sidebarOpen = app.settings.sidebarOpen.value;
  const closeDrawer = (): void => drawer.current?.close();

  useShortcuts(drawer);

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
        <Topbar openDrawer={() => drawer.current?.showModal()} />
        {app.router.workshop.value ? (
          <Studio is="Workshop" waiting />
        ) : (
          <>
            <Transcript key={key} conversation={conversation} scroll={scroll} editing={editing} />
            <div class="dock">
              <ConnectionChip turn={conversation?.live.value} />
              {isRemoved && <Panel is="RemovedChip" id={key} />}
              <Composer
                key={key}
                conversation={conversation}
                onSend={() => scroll.current?.follow()}
                editLast={() => (editing.value = lastEditable(conversation))}
              />
            </div>
          </>
        )}
      </main>
      <NoticeList />
      <StatusLine conversation={conversation} />
    </div>
  );
}

function lastEditable(conversation: Conversation | undefined): Turn | undefined {
  if (!conversation?.idle.peek()) return undefined;
  return conversation.turns.peek().findLast((turn) => turn.status.peek() !== 'withdrawn');
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
      {opened.value && <NoticeList />}
    </dialog>
  );
}
