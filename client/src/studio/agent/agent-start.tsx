import { useId } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import { Glyph, Icon, Mark } from '../../components/icons.js';
import { Failure, Loading } from '../../components/states.js';
import { t } from '../../i18n/studio-text.js';
import { useCatalog, type AgentSummary } from '../shared/catalog.js';
import { glyphs } from '../shared/glyphs.js';

/** The agents to choose from; where there is none, how to make one. */
export function AgentStart() {
  const app = useApp();
  const list = useCatalog('agents');
  const state = list.state.value;
  if (state.kind === 'loading') return <Loading text={t('loading')} />;
  if (state.kind === 'failed')
    return <Failure title={t('agentsFailed')} problem={state.problem} retry={() => void list.load()} />;
  const isEmpty = state.data.length === 0;
  return (
    <div class="start studio-start">
      <Mark />
      <h1>{t(isEmpty ? 'agentsEmptyTitle' : 'agentsTitle')}</h1>
      <p class="muted">{t('agentsText')}</p>
      {!isEmpty && <Agents agents={state.data} />}
      <div class="studio-ways">
        <button type="button" class="button" onClick={() => app.router.go('/agents')}>
          <Glyph path={glyphs.plus} /> {t('agentNew')}
        </button>
      </div>
    </div>
  );
}

function Agents({ agents }: { agents: readonly AgentSummary[] }) {
  const { settings, router } = useApp();
  const group = useId();
  return (
    <fieldset class="cards cards-wide">
      <legend class="sr-only">{t('agentsYours')}</legend>
      {agents.map(({ name, description, model }) => (
        <div key={name} class="card-frame">
          <label class="card">
            <input
              type="radio"
              name={group}
              checked={settings.agent.value === name}
              onChange={() => (settings.agent.value = name)}
            />
            <Glyph path={glyphs.agent} />
            <span class="card-name" dir="auto">
              {name}
            </span>
            <span class="card-text">{description === '' ? model : description}</span>
          </label>
          <button
            type="button"
            class="icon-button card-edit"
            aria-label={t('editAgent', { name })}
            title={t('editAgent', { name })}
            onClick={() => router.go(`/agents/${encodeURIComponent(name)}`)}
          >
            <Icon name="edit" />
          </button>
        </div>
      ))}
    </fieldset>
  );
}
