import { Icon } from '../../components/icons.js';
import { t } from '../../i18n/studio-text.js';

/** Stands above a form whose JSON cannot be read. */
export function BrokenNote({ repair }: { repair: () => void }) {
  return (
    <section class="note note-warning" role="alert">
      <p class="note-title">
        <Icon name="warning" /> <span>{t('jsonBroken')}</span>
      </p>
      <p>{t('jsonBrokenForm')}</p>
      <div class="note-actions">
        <button type="button" class="button" onClick={repair}>
          {t('jsonRepair')}
        </button>
      </div>
    </section>
  );
}
