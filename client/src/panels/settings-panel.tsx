import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { useApp } from '../components/app-context.js';
import { FileButton } from './file-button.js';
import { t } from '../i18n/panel-text.js';
import { importFile } from './transfer.js';

export function SettingsPanel() {
  const { settings } = useApp();
  return (
    <>
      <Choice
        legend={t('theme')}
        setting={settings.theme}
        options={[
          ['system', t('themeSystem')],
          ['light', t('themeLight')],
          ['dark', t('themeDark')],
        ]}
      />
      <Choice
        legend={t('language')}
        setting={settings.locale}
        options={[
          ['system', t('languageSystem')],
          ['en', 'English'],
          ['zh', '中文'],
        ]}
      />
      <ImportButton />
    </>
  );
}

function ImportButton() {
  const app = useApp();
  const importChosen = async (chosen: File, button: HTMLElement | null): Promise<void> => {
    if (!(await importFile(app, chosen))) return;
    // What it is shown in stands before the conversation: the settings, and on a phone the drawer.
    button?.closest<HTMLElement>('[popover]')?.hidePopover();
    button?.closest('dialog')?.close();
  };
  return (
    <div class="choice">
      <FileButton take={(chosen, button) => void importChosen(chosen, button)}>
        {t('importConversation')}
      </FileButton>
    </div>
  );
}

function Choice<T extends string>(props: {
  legend: string;
  setting: Signal<T>;
  options: readonly (readonly [value: T, label: string])[];
}) {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend>{props.legend}</legend>
      <div class="segments">
        {props.options.map(([value, label]) => (
          <label key={value} class="segment">
            <input
              type="radio"
              name={name}
              value={value}
              checked={props.setting.value === value}
              onChange={() => {
                props.setting.value = value;
              }}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
