import type { Signal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import { useApp } from '../components/app-context.js';
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
  const file = useRef<HTMLInputElement>(null);
  const importChosen = async (chosen: File): Promise<void> => {
    const place = file.current;
    if (!(await importFile(app, chosen))) return;
    // What it is shown in stands before the conversation: the settings, and on a phone the drawer.
    place?.closest<HTMLElement>('[popover]')?.hidePopover();
    place?.closest('dialog')?.close();
  };
  return (
    <div class="choice">
      <button type="button" class="button" onClick={() => file.current?.click()}>
        {t('importConversation')}
      </button>
      <input
        ref={file}
        class="file-box"
        type="file"
        accept="application/json,.json"
        tabIndex={-1}
        aria-hidden="true"
        onChange={(event) => {
          const [chosen] = event.currentTarget.files ?? [];
          // The same file can be chosen again.
          event.currentTarget.value = '';
          if (chosen) void importChosen(chosen);
        }}
      />
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
