import { useSignal } from '@preact/signals';
import { useApp } from '../components/app-context.js';
import { Spinner } from '../components/icons.js';
import { t } from '../i18n/panel-text.js';
import { erase, titleOf } from './actions.js';
import { Dialog } from './dialog.js';

export function EraseDialog({ id, close }: { id: string; close: () => void }) {
  const app = useApp();
  const erasing = useSignal(false);
  const start = async (): Promise<void> => {
    if (erasing.peek()) return;
    erasing.value = true;
    await erase(app, id);
    close();
  };
  return (
    <Dialog title={t('eraseTitle', { title: titleOf(app, id) })} close={close}>
      <p>{t('eraseText')}</p>
      <div class="form-actions">
        <button type="button" class="button" autofocus onClick={close}>
          {t('cancel')}
        </button>
        <button
          type="button"
          class="button button-danger"
          aria-disabled={erasing.value}
          onClick={() => void start()}
        >
          {erasing.value && <Spinner />}
          {t(erasing.value ? 'erasing' : 'eraseNow')}
        </button>
      </div>
    </Dialog>
  );
}
