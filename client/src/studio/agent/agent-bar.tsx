import { useSignal } from '@preact/signals';
import { useApp } from '../../components/app-context.js';
import { Glyph, Icon, Spinner } from '../../components/icons.js';
import { problemText } from '../../components/problem-text.js';
import { t } from '../../i18n/studio-text.js';
import { request, sendJson } from '../../stream/api.js';
import { problemOf } from '../../stream/problem.js';
import { isRecord, stringOf } from '../../state/json.js';
import { catalogOf } from '../shared/catalog.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';
import { glyphs } from '../shared/glyphs.js';
import { useSaveKey } from '../shared/use-save-key.js';
import type { AgentDraft } from './config.js';

export function agentUrl(name: string): string {
  return `/api/agents/${encodeURIComponent(name)}`;
}

/** The name of the agent, and what can be done with it as a whole. */
export function AgentBar({ draft }: { draft: AgentDraft }) {
  const app = useApp();
  const erasing = useSignal(false);
  const saving = useSignal(false);
  const dirty = draft.dirty.value;
  const isStored = draft.name !== '';
  const toStart = (): void => {
    app.settings.mode.value = 'agent';
    app.router.open(undefined);
  };
  const save = async (): Promise<void> => {
    if (saving.peek()) return;
    saving.value = true;
    const text = draft.text.peek();
    const document = isRecord(draft.document) ? draft.document : {};
    const name = stringOf(document['name']);
    try {
      if (isStored) await sendJson(app.fetch, 'PUT', agentUrl(draft.name), document);
      else await sendJson(app.fetch, 'POST', '/api/agents', document);
    } catch (error) {
      app.notices.fail(`${t('saveFailed')} ${problemText(problemOf(error))}`);
      saving.value = false;
      return;
    }
    await catalogOf(app).agents.load();
    saving.value = false;
    app.settings.agent.value = name;
    app.notices.tell(t('saved', { name }));
    if (name === draft.name) draft.saved(text);
    else {
      draft.forget();
      app.router.go(`/agents/${encodeURIComponent(name)}`);
    }
  };
  const erase = async (): Promise<void> => {
    try {
      await request(app.fetch, agentUrl(draft.name), { method: 'DELETE' });
    } catch (error) {
      app.notices.fail(`${t('eraseFailed')} ${problemText(problemOf(error))}`);
      return;
    }
    draft.forget();
    app.notices.tell(t('erased', { name: draft.name }));
    await catalogOf(app).agents.load();
    toStart();
  };
  const talk = (): void => {
    if (dirty) return app.notices.tell(t('runUnsaved'));
    app.settings.agent.value = draft.name;
    return toStart();
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
        {isStored ? draft.name : t('agentNew')}
        {dirty && <span class="editor-dirty">{t('unsaved')}</span>}
      </h1>
      <div class="editor-actions">
        {isStored && (
          <>
            <button
              type="button"
              class="icon-button"
              aria-label={t('erase')}
              title={t('erase')}
              onClick={() => (erasing.value = true)}
            >
              <Glyph path={glyphs.remove} />
            </button>
            <button type="button" class="button" aria-disabled={dirty} onClick={talk}>
              <Icon name="play" /> {t('talk')}
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
      {erasing.value && (
        <ConfirmDialog
          title={t('agentEraseTitle', { name: draft.name })}
          text={t('agentEraseText')}
          action={t('eraseNow')}
          confirm={erase}
          close={() => (erasing.value = false)}
        />
      )}
    </header>
  );
}
