import { t } from '../i18n/locale.js';
import { Icon } from './icons.js';
import { usePanels } from './panels.js';
import { Popover } from './popover.js';
import { Loading } from './states.js';

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
      <Settings />
    </Popover>
  );
}

function Settings() {
  const panels = usePanels();
  return panels ? <panels.SettingsPanel /> : <Loading text={t('loading')} />;
}
