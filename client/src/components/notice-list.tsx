import { t } from '../i18n/locale.js';
import { useApp } from './app-context.js';
import { Icon } from './icons.js';

/** What was done, or why it was not; the last three of it. */
export function NoticeList() {
  const { notices } = useApp();
  return (
    <section class="notices" aria-label={t('notifications')} aria-live="polite">
      {notices.list.value.slice(-3).map(({ id, kind, text, action }) => (
        <div key={id} class={`notice notice-${kind}`} role={kind === 'failed' ? 'alert' : undefined}>
          <Icon name={kind === 'failed' ? 'failed' : 'done'} />
          <p>{text}</p>
          {action && (
            <button
              type="button"
              class="notice-action"
              onClick={() => {
                notices.dismiss(id);
                action.run();
              }}
            >
              {action.label}
            </button>
          )}
          <button
            type="button"
            class="icon-button"
            aria-label={t('dismiss')}
            title={t('dismiss')}
            onClick={() => notices.dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
