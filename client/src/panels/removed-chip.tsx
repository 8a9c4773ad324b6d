import { useApp } from '../components/app-context.js';
import { t } from '../i18n/panel-text.js';
import { restore } from './actions.js';

/** Says that the open conversation is among the removed ones, and takes it back. */
export function RemovedChip({ id }: { id: string }) {
  const app = useApp();
  return (
    <p class="chip chip-now">
      {t('removedConversation')}
      <button type="button" class="link-button" onClick={() => void restore(app, id)}>
        {t('restore')}
      </button>
    </p>
  );
}
