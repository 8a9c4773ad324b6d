import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import { problemText } from '../../components/problem-text.js';
import { Failure, Loading } from '../../components/states.js';
import { t } from '../../i18n/studio-text.js';
import { isRecord, stringOf } from '../../state/json.js';
import { Resource } from '../../state/loadable.js';
import { browserStorage } from '../../state/storage.js';
import { getJson, sendJson } from '../../stream/api.js';
import { problemOf } from '../../stream/problem.js';
import { AreaField } from '../shared/fields.js';
import { graphUrl } from './graph-files.js';

/** The readme of a stored graph. */
export function ReadmeEditor({ name }: { name: string }) {
  const { fetch } = useApp();
  const readme = useMemo(
    () =>
      new Resource(async () => {
        const answer = await getJson(fetch, graphUrl(name, '/readme'));
        return isRecord(answer) ? stringOf(answer['readme']) : '';
      }),
    [fetch, name],
  );
  useEffect(() => {
    if (name !== '') void readme.load();
  }, [readme, name]);
  const state = readme.state.value;
  if (name === '') return <p class="muted">{t('readmeNew')}</p>;
  if (state.kind === 'loading') return <Loading text={t('loading')} />;
  if (state.kind === 'failed')
    return <Failure title={t('graphsFailed')} problem={state.problem} retry={() => void readme.load()} />;
  return <ReadmeBox key={name} name={name} stored={state.data} />;
}

/** Under which a readme that is not saved yet is kept. */
export function readmeKey(name: string): string {
  return `readme.${name}`;
}

function ReadmeBox({ name, stored }: { name: string; stored: string }) {
  const { fetch, notices } = useApp();
  const kept = readmeKey(name);
  const text = useSignal(browserStorage.get(kept) ?? stored);
  const saved = useSignal(stored);
  const save = async (): Promise<void> => {
    const readme = text.peek();
    try {
      await sendJson(fetch, 'PUT', graphUrl(name, '/readme'), { readme });
      saved.value = readme;
      if (text.peek() === readme) browserStorage.remove(kept);
      notices.tell(t('readmeSaved'));
    } catch (error) {
      notices.fail(`${t('saveFailed')} ${problemText(problemOf(error))}`);
    }
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <AreaField
        label={t('readme')}
        rows={14}
        value={text.value}
        change={(value) => {
          text.value = value;
          // Unsaved, it outlives the page, as the graph does.
          if (value === saved.peek()) browserStorage.remove(kept);
          else browserStorage.set(kept, value);
        }}
      />
      <div class="form-actions">
        <button type="submit" class="button button-main" disabled={text.value === saved.value}>
          {t('save')}
        </button>
      </div>
    </form>
  );
}
