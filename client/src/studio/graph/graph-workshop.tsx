import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import { Failure, Loading } from '../../components/states.js';
import { t } from '../../i18n/studio-text.js';
import { browserStorage } from '../../state/storage.js';
import { getJson } from '../../stream/api.js';
import { problemOf, type Problem } from '../../stream/problem.js';
import { emptyGraph, graphKind, readGraph, type GraphDraft } from './config.js';
import { Draft } from '../shared/draft.js';
import { GraphEditor } from './graph-editor.js';
import { graphUrl } from './graph-files.js';

type Opened =
  { kind: 'loading' } | { kind: 'failed'; problem: Problem } | { kind: 'open'; draft: GraphDraft };

/** Opens a graph in the editor; a new one where there is no name. */
export function GraphWorkshop({ name }: { name: string }) {
  const app = useApp();
  const opened = useSignal<Opened>({ kind: 'loading' });
  const load = async (): Promise<void> => {
    opened.value = { kind: 'loading' };
    const place = app.router.workshop.peek();
    try {
      const stored = name === '' ? emptyGraph : readGraph(await getJson(app.fetch, graphUrl(name)));
      if (place === app.router.workshop.peek())
        opened.value = { kind: 'open', draft: new Draft(graphKind, name, stored, browserStorage) };
    } catch (error) {
      if (place === app.router.workshop.peek()) opened.value = { kind: 'failed', problem: problemOf(error) };
    }
  };
  useEffect(() => {
    const now = opened.peek();
    // What was just saved under this name is open already.
    if (now.kind !== 'open' || now.draft.name !== name) void load();
  }, [name]);
  const state = opened.value;
  if (state.kind === 'loading') return <Loading text={t('loading')} />;
  if (state.kind === 'open')
    return <GraphEditor draft={state.draft} reopen={(draft) => (opened.value = { kind: 'open', draft })} />;
  if (state.problem.status !== 404)
    return <Failure title={t('graphsFailed')} problem={state.problem} retry={() => void load()} />;
  return (
    <div class="state-note">
      <p>{t('graphMissing', { name })}</p>
      <p class="muted">{t('graphMissingText')}</p>
      <button type="button" class="button" onClick={() => app.router.open(undefined)}>
        {t('back')}
      </button>
    </div>
  );
}
