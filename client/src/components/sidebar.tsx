import { t } from '../i18n/locale.js';
import { pathOf } from '../state/router.js';
import { useApp } from './app-context.js';
import { ConversationList } from './conversation-list.js';
import { Icon, Mark } from './icons.js';
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
  const { router } = useApp();
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
      <nav class="conversations" aria-label={t('conversations')}>
        <ConversationList onOpen={onNavigate} />
      </nav>
      <footer class="sidebar-foot">
        <SettingsMenu />
      </footer>
    </>
  );
}
