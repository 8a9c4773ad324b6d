import { t } from '../i18n/locale.js';
import { useApp } from './app-context.js';
import { Icon } from './icons.js';
import { Panel } from './panels.js';
import { Popover } from './popover.js';

export function ServerPicker() {
  const { chosenServers, servers } = useApp();
  const count = chosenServers.value.length;
  const label = count > 0 ? t('toolsCount', { count }) : t('tools');
  return (
    <Popover
      label={label}
      buttonClass="pill pill-button"
      button={
        <>
          <Icon name="wrench" />
          <span class="pill-text">{label}</span>
        </>
      }
      onOpen={() => void servers.load()}
    >
      <Panel is="ServerPanel" waiting />
    </Popover>
  );
}
