import { useSignal } from '@preact/signals';
import { useApp } from '../../components/app-context.js';
import { Glyph, Icon, Spinner } from '../../components/icons.js';
import { problemText } from '../../components/problem-text.js';
import { t } from '../../i18n/studio-text.js';
import { browserStorage } from '../../state/storage.js';
import { request } from '../../stream/api.js';
import { problemOf } from '../../stream/problem.js';
import { catalogOf } from '../shared/catalog.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';
import { glyphs } from '../shared/glyphs.js';
import { useSaveKey } from '../shared/use-save-key.js';
import { readGraph, writeGraph, type GraphDraft } from './config.js';
import { faultTexts } from './fault-text.js';
import { readFaults } from '../shared/faults.js';

import { exportGraph, graphUrl } from './graph-files.js';
import { readmeKey } from './readme-editor.js';
import { ReplaceDialog } from './replace-dialog.js';
import { SaveAsDialog } from './save-as-dialog.js';
import { saveGraph } from './save-graph.js';
import { VersionsDialog } from './versions-dialog.js';

type Task = { kind: 'saveAs' | 'versions' | 'erase' } | { kind: 'replace'; name: string; asName?: string };

/** The name of the graph, and what can be done with it as a whole. */
export function EditorBar({ draft, reopen }: { draft: GraphDraft; reopen: (draft: GraphDraft) => void }) {
  const app = useApp();
  const task = useSignal<Task | undefined>(undefined);
  const saving = useSignal(false);
  const dirty = draft.dirty.value;
  const isStored = draft.name !== '';
  const close = (): void => {
    task.value = undefined;
  };
  const toStart = (): void => {
    app.settings.mode.value = 'graph';
    app.router.open(undefined);
  };

  const save = async (options: { asName?: string; replace?: boolean } = {}): Promise<void> => {
    if (saving.peek()) return;
    saving.value = true;
    const saved = await saveGraph(app, draft, options);
    saving.value = false;
    if (saved.kind === 'exists') {
      task.value = { kind: 'replace', name: saved.name, asName: options.asName };
      return;
    }
    if (saved.kind === 'refused') {
      const faults = faultTexts(readFaults(saved.problem.errors), draft.config.peek());
      const why = faults.length > 0 ? faults.join(' ') : problemText(saved.problem);
      app.notices.fail(`${t('saveFailed')} ${why}`);
      return;
    }
    app.settings.graph.value = saved.draft.name;
    app.notices.tell(t('saved', { name: saved.draft.name }));
    if (saved.draft === draft) return;
    reopen(saved.draft);
    app.router.go(`/graphs/${encodeURIComponent(saved.draft.name)}`);
  };
  const run = (): void => {
    if (dirty) {
      app.notices.tell(t('runUnsaved'));
      return;
    }
    app.settings.graph.value = draft.name;
    toStart();
  };
  const erase = async (): Promise<void> => {
    try {
      await request(app.fetch, graphUrl(draft.name), { method: 'DELETE' });
    } catch (error) {
      app.notices.fail(`${t('eraseFailed')} ${problemText(problemOf(error))}`);
      return;
    }
    draft.forget();
    browserStorage.remove(readmeKey(draft.name));
    app.notices.tell(t('erased', { name: draft.name }));
    await catalogOf(app).graphs.load();
    toStart();
  };
  useSaveKey(() => {
    if (!draft.broken.peek()) void save();
  });

  return (
    <header class="editor-bar">
      <button type="button" class="icon-button" aria-label={t('back')} title={t('back')} onClick={toStart}>
        <Icon name="back" />
      </button>
      <h1 dir="auto">
        {isStored ? draft.name : t('newGraphTitle')}
        {dirty && <span class="editor-dirty">{t('unsaved')}</span>}
      </h1>
      <div class="editor-actions">
        {isStored && (
          <>
            <BarButton
              path={glyphs.download}
              label={t('export')}
              act={() => void exportGraph(app, draft.name)}
            />
            <BarButton icon="clock" label={t('versions')} act={() => (task.value = { kind: 'versions' })} />
            <BarButton icon="copy" label={t('saveAs')} act={() => (task.value = { kind: 'saveAs' })} />
            <BarButton path={glyphs.remove} label={t('erase')} act={() => (task.value = { kind: 'erase' })} />
            <button
              type="button"
              class="button"
              aria-disabled={dirty}
              title={dirty ? t('runUnsaved') : undefined}
              onClick={run}
            >
              <Icon name="play" /> {t('run')}
            </button>
          </>
        )}
        <button
          type="button"
          class="button button-main"
          aria-disabled={saving.value}
          disabled={!dirty || draft.broken.value !== undefined}
          onClick={() => void save()}
        >
          {saving.value && <Spinner />} {t(saving.value ? 'saving' : 'save')}
        </button>
      </div>
      {task.value?.kind === 'saveAs' && (
        <SaveAsDialog name={draft.config.value.name} save={(asName) => save({ asName })} close={close} />
      )}
      {task.value?.kind === 'replace' && (
        <ReplaceDialog
          name={task.value.name}
          replace={() =>
            save({ asName: task.value?.kind === 'replace' ? task.value.asName : undefined, replace: true })
          }
          close={close}
        />
      )}
      {task.value?.kind === 'versions' && (
        <VersionsDialog
          name={draft.name}
          take={(version, config) => {
            draft.write(writeGraph({ ...readGraph(config), name: draft.name }));
            app.notices.tell(t('versionUsed', { version }));
          }}
          close={close}
        />
      )}
      {task.value?.kind === 'erase' && (
        <ConfirmDialog
          title={t('eraseTitle', { name: draft.name })}
          text={t('eraseText')}
          action={t('eraseNow')}
          confirm={erase}
          close={close}
        />
      )}
    </header>
  );
}

function BarButton(props: { label: string; act: () => void; path?: string; icon?: 'clock' | 'copy' }) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      title={props.label}
      onClick={props.act}
    >
      {props.icon ? <Icon name={props.icon} /> : <Glyph path={props.path ?? ''} />}
    </button>
  );
}
