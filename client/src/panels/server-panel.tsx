import { useApp } from '../components/app-context.js';
import { Failure, Loading } from '../components/states.js';
import { t } from '../i18n/panel-text.js';
import type { McpServer } from '../state/catalog.js';

/** The servers whose tools the model may use. */
export function ServerPanel() {
  return (
    <>
      <h2 class="popover-title">{t('tools')}</h2>
      <p class="popover-hint">{t('toolsHint')}</p>
      <ServerList />
    </>
  );
}

function ServerList() {
  const { servers } = useApp();
  const state = servers.state.value;
  switch (state.kind) {
    case 'loading':
      return <Loading text={t('loading')} />;
    case 'failed':
      return <Failure title={t('toolsFailed')} problem={state.problem} retry={() => void servers.load()} />;
    case 'ready':
      if (state.data.length === 0) return <p class="popover-hint">{t('toolsNone')}</p>;
      return (
        <ul class="server-list">
          {state.data.map((server) => (
            <li key={server.name}>
              <ServerChoice server={server} />
            </li>
          ))}
        </ul>
      );
  }
}

function ServerChoice({ server }: { server: McpServer }) {
  const { chosenServers, settings } = useApp();
  const chosen = chosenServers.value;
  const state = stateOf(server);
  const toggle = (on: boolean): void => {
    settings.servers.value = on ? [...chosen, server.name] : chosen.filter((name) => name !== server.name);
  };
  return (
    <label class="server-choice">
      <input
        type="checkbox"
        checked={chosen.includes(server.name)}
        onChange={(event) => toggle(event.currentTarget.checked)}
      />
      <span class="server-name">{server.name}</span>
      <span class="server-state">
        <span class={`dot dot-${state.dot}`} aria-hidden="true" />
        {state.text}
        {server.tools.length > 0 && ` · ${t('serverTools', { count: server.tools.length })}`}
      </span>
      {server.error !== '' && <span class="server-error">{server.error}</span>}
    </label>
  );
}

function stateOf(server: McpServer): { dot: 'on' | 'idle' | 'off'; text: string } {
  if (server.connected) return { dot: 'on', text: t('serverConnected') };
  if (server.tried || server.error !== '') return { dot: 'off', text: t('serverFailed') };
  return { dot: 'idle', text: t('serverIdle') };
}
