import { useId } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import { MODES } from '../state/asks.js';
import { useApp } from './app-context.js';

/** What a new conversation talks to: a model, a graph, an agent. */
export function ModeSwitch() {
  const { settings } = useApp();
  const name = useId();
  return (
    <fieldset class="segments mode-switch">
      <legend class="sr-only">{t('mode')}</legend>
      {MODES.map((mode) => (
        <label key={mode} class="segment">
          <input
            type="radio"
            name={name}
            checked={settings.mode.value === mode}
            onChange={() => (settings.mode.value = mode)}
          />
          <span>{t(mode)}</span>
        </label>
      ))}
    </fieldset>
  );
}
