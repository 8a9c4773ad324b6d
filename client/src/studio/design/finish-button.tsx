import { useApp } from '../../components/app-context.js';
import { Icon } from '../../components/icons.js';
import { t } from '../../i18n/studio-text.js';
import { END_DESIGN } from '../shared/asks.js';

/** Ends the dialogue: what was designed is stored. */
export function FinishButton() {
  const app = useApp();
  const conversation = app.conversation.value;
  if (!conversation || conversation.turns.value.length === 0) return null;
  const busy = !conversation.idle.value;
  return (
    <button
      type="button"
      class="pill pill-button"
      disabled={busy || app.ask.value === undefined}
      title={t('designFinishTitle')}
      onClick={() => app.send(END_DESIGN)}
    >
      <Icon name="check" />
      <span class="pill-text">{t('designFinish')}</span>
    </button>
  );
}
