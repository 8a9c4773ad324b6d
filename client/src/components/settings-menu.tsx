import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import { useApp } from './app-context.js';
import { Icon } from './icons.js';
import { Popover } from './popover.js';

export function SettingsMenu() {
  const { settings } = useApp();
  return (
    <Popover
      label={t('settings')}
      buttonClass="sidebar-action"
      button={
        <>
          <Icon name="sliders" />
          <span>{t('settings')}</span>
        </>
      }
    >
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
    </Popover>
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
