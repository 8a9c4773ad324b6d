import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import { Failure, Loading } from '../../components/states.js';
import { t } from '../../i18n/studio-text.js';
import { Resource } from '../../state/loadable.js';
import { browserStorage } from '../../state/storage.js';
import { getJson } from '../../stream/api.js';
import { Draft } from '../shared/draft.js';
import { KeptNote } from '../shared/kept-note.js';
import { Segments } from '../shared/fields.js';
import { JsonEditor } from '../shared/json-editor.js';
import { BrokenNote } from '../shared/broken-note.js';
import { useCheck } from '../shared/use-check.js';
import { AgentBar, agentUrl } from './agent-bar.js';
import { AgentForm } from './agent-form.js';
import { agentKind, emptyAgent, readAgent, type AgentDraft } from './config.js';

/** Opens an agent in its form; a new one where there is no name. */
export function AgentWorkshop({ name }: { name: string }) {
  const app = useApp();
  const opened = useMemo(
    () =>
      new Resource(async () => {
        if (name === '' && app.model.peek() === '') await app.models.load();
        const fresh = { ...emptyAgent, model_name: app.model.peek() };
        const stored = name === '' ? fresh : readAgent(await getJson(app.fetch, agentUrl(name)));
        return new Draft(agentKind, name, stored, browserStorage);
      }),
    [app, name],
  );
  useEffect(() => void opened.load(), [opened]);
  const state = opened.state.value;
  if (state.kind === 'loading') return <Loading text={t('loading')} />;
  if (state.kind === 'ready') return <AgentEditor draft={state.data} />;
  if (state.problem.status !== 404)
    return <Failure title={t('agentsFailed')} problem={state.problem} retry={() => void opened.load()} />;
  return (
    <div class="state-note">
      <p>{t('agentMissing', { name })}</p>
      <button type="button" class="button" onClick={() => app.router.open(undefined)}>
        {t('back')}
      </button>
    </div>
  );
}

function AgentEditor({ draft }: { draft: AgentDraft }) {
  const view = useSignal<'form' | 'json'>('form');
  const check = useCheck('agents', draft);
  const faults = check.value?.kind === 'checked' ? check.value.faults : [];
  const broken = draft.broken.value;
  return (
    <div class="workshop">
      <AgentBar draft={draft} />
      <div class="workshop-body workshop-narrow">
        <KeptNote draft={draft} overtaken={t('agentOvertaken')} />
        <div class="workshop-views">
          <Segments
            label={t('view')}
            value={view.value}
            change={(next) => (view.value = next)}
            choices={[
              ['form', t('viewForm')],
              ['json', t('viewJson')],
            ]}
          />
        </div>
        {view.value === 'form' ? (
          <>
            {broken && <BrokenNote repair={() => draft.repair()} />}
            <AgentForm draft={draft} faults={faults} />
          </>
        ) : (
          <JsonEditor
            label={t('agentJson')}
            text={draft.text.value}
            write={(text) => draft.write(text)}
            broken={broken}
            faults={faults.map(({ loc, message }) => ({ loc, text: message }))}
            tidy={() => draft.repair()}
          />
        )}
      </div>
    </div>
  );
}
