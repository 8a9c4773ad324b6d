import { t } from '../i18n/locale.js';
import { useApp } from './app-context.js';

export function ModelPicker() {
  const { models, model, settings } = useApp();
  const state = models.state.value;
  if (state.kind === 'loading') return <span class="pill muted">{t('modelsLoading')}</span>;
  if (state.kind === 'failed') {
    return (
      <button type="button" class="pill pill-button danger" onClick={() => void models.load()}>
        {t('modelsFailed')} · {t('tryAgain')}
      </button>
    );
  }
  if (state.data.length === 0) return <span class="pill danger">{t('modelsNone')}</span>;
  return (
    <select
      class="pill pill-button model-picker"
      aria-label={t('model')}
      title={t('model')}
      value={model.value}
      onChange={(event) => {
        settings.model.value = event.currentTarget.value;
      }}
    >
      {state.data.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
