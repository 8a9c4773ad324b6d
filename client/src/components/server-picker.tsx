import { t } from '../i18n/locale.js';
import { useApp } from './app-context.js';
import { Icon } from './icons.js';
import { usePanels } from './panels.js';
import { Popover } from './popover.js';
import { Loading } from './states.js';

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
      <Servers />
    </Popover>
  );
}

function Servers() {
  const panels = usePanels();
  return panels ? <panels.ServerPanel /> : <Loading text={t('loading')} />;
}
