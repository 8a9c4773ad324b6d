import { t } from '../i18n/locale.js';
import { Icon } from './icons.js';
import { Panel } from './panels.js';
import { Popover } from './popover.js';

export function SettingsMenu() {
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
      <Panel is="SettingsPanel" waiting />
    </Popover>
  );
}
