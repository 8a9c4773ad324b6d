import { useApp } from '../../components/app-context.js';
import type { StudioKey } from '../../i18n/studio-en.js';
import { t } from '../../i18n/studio-text.js';
import { namesIn, useCatalog } from '../shared/catalog.js';
import { faultsAt, type Fault } from '../shared/faults.js';
import { AreaField, NumberField, SelectField, SeveralField, TextField } from '../shared/fields.js';
import { choicesOf } from '../shared/choices.js';
import { LIMITS, type AgentConfig, type AgentDraft, type Limit } from './config.js';

const limitTexts: Record<Limit, StudioKey> = {
  max_iterations: 'maxIterations',
  max_depth: 'maxDepth',
  max_agent_calls: 'maxAgentCalls',
  timeout_seconds: 'timeout',
};
const limitMost: Record<Limit, number> = {
  max_iterations: 200,
  max_depth: 8,
  max_agent_calls: 1000,
  timeout_seconds: 86_400,
};
const parameters = [
  { key: 'temperature', label: 'temperature', most: 2, step: 0.1 },
  { key: 'top_p', label: 'topP', most: 1, step: 0.05 },
  { key: 'max_tokens', label: 'maxTokens', most: 10_000_000, step: 1 },
] as const;

/** An agent as a form. */
export function AgentForm({ draft, faults }: { draft: AgentDraft; faults: readonly Fault[] }) {
  const { models, servers } = useApp();
  const agents = namesIn(useCatalog('agents'));
  const agent = draft.config.value;
  const edit = (fields: Partial<AgentConfig>): void => draft.edit((now) => ({ ...now, ...fields }));
  const wrong = (...path: string[]): string[] =>
    // An empty form needs no blame.
    draft.name === '' && !draft.dirty.value
      ? []
      : [...new Set(faultsAt(faults, path).map((fault) => textOf(fault, agent)))];
  const modelState = models.state.value;
  const serverState = servers.state.value;
  return (
    <div class="form">
      <TextField
        label={t('name')}
        value={agent.name}
        maxLength={128}
        faults={wrong('name')}
        change={(name) => edit({ name })}
      />
      <AreaField
        label={t('description')}
        hint={t('agentDescriptionHint')}
        rows={2}
        value={agent.description}
        faults={wrong('description')}
        change={(description) => edit({ description })}
      />
      <SelectField
        label={t('model')}
        value={agent.model_name}
        faults={wrong('model_name')}
        choices={choicesOf(
          modelState.kind === 'ready' ? modelState.data : [],
          agent.model_name || null,
          t('modelChoose'),
        )}
        change={(model_name) => edit({ model_name })}
      />
      <AreaField
        label={t('systemPrompt')}
        rows={6}
        value={agent.system_prompt}
        faults={wrong('system_prompt')}
        change={(system_prompt) => edit({ system_prompt })}
      />
      <SeveralField
        label={t('tools')}
        none={t('toolsNone')}
        offered={serverState.kind === 'ready' ? serverState.data.map(({ name }) => name) : []}
        chosen={agent.mcp_servers}
        faults={wrong('mcp_servers')}
        change={(mcp_servers) => edit({ mcp_servers })}
      />
      <SeveralField
        label={t('agentCalls')}
        none={t('agentCallsNone')}
        offered={agents.filter((name) => name !== draft.name && name !== agent.name)}
        chosen={agent.agents}
        faults={wrong('agents')}
        change={(chosen) => edit({ agents: chosen })}
      />
      <fieldset class="field-group">
        <legend>{t('limits')}</legend>
        <p class="field-hint">{t('limitsHint')}</p>
        <div class="field-row">
          {LIMITS.map((limit) => (
            <NumberField
              key={limit}
              label={t(limitTexts[limit])}
              value={agent.limits[limit]}
              min={0}
              max={limitMost[limit]}
              step={limit === 'timeout_seconds' ? 'any' : 1}
              faults={wrong('limits', limit)}
              change={(most) => edit({ limits: { ...agent.limits, [limit]: most } })}
            />
          ))}
        </div>
      </fieldset>
      <fieldset class="field-group">
        <legend>{t('parameters')}</legend>
        <p class="field-hint">{t('parametersHint')}</p>
        <div class="field-row">
          {parameters.map(({ key, label, most, step }) => (
            <NumberField
              key={key}
              label={t(label)}
              value={typeof agent.parameters[key] === 'number' ? agent.parameters[key] : null}
              min={0}
              max={most}
              step={step}
              faults={wrong('parameters', key)}
              change={(value) => {
                const { [key]: _, ...others } = agent.parameters;
                edit({ parameters: value === null ? others : { ...others, [key]: value } });
              }}
            />
          ))}
        </div>
      </fieldset>
    </div>
  );
}

/** What is wrong, in the language of the page where it has words for it; else in the server's. */
function textOf({ code, loc, message }: Fault, agent: AgentConfig): string {
  if (loc[0] === 'name' && code === 'too_small') return t('faultNameMissing');
  if (loc[0] === 'name' && (code === 'invalid_format' || code === 'custom')) return t('faultName');
  if (loc[0] === 'model_name' && code === 'too_small') return t('faultModelRequired');
  if (code === 'unknown_server') return t('faultUnknownServer');
  if (code === 'unknown_model') return t('faultUnknownModel', { name: agent.model_name });
  return message;
}
