import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import { FileButton } from '../../panels/file-button.js';
import { Glyph, Icon, Mark } from '../../components/icons.js';
import { Failure, Loading } from '../../components/states.js';
import { locale } from '../../i18n/locale.js';
import { t } from '../../i18n/studio-text.js';
import { Resource } from '../../state/loadable.js';
import { useCatalog } from '../shared/catalog.js';
import { glyphs } from '../shared/glyphs.js';
import { loadExamples } from './examples.js';
import { importGraph, readArchive, type GraphArchive } from './graph-files.js';
import { GraphPreview } from './graph-preview.js';
import { ReplaceDialog } from './replace-dialog.js';

/** The graphs to choose from; where there is none, how to get one. */
export function GraphStart() {
  const list = useCatalog('graphs');
  const state = list.state.value;
  if (state.kind === 'loading') return <Loading text={t('loading')} />;
  if (state.kind === 'failed')
    return <Failure title={t('graphsFailed')} problem={state.problem} retry={() => void list.load()} />;
  const isEmpty = state.data.length === 0;
  return (
    <div class="start studio-start">
      <Mark />
      <h1>{t(isEmpty ? 'graphsEmptyTitle' : 'graphsTitle')}</h1>
      <p class="muted">{t('graphsText')}</p>
      {!isEmpty && <Graphs names={state.data} />}
      <Ways withExamples={isEmpty} names={state.data} />
    </div>
  );
}

function Graphs({ names }: { names: readonly string[] }) {
  const { settings } = useApp();
  const group = useId();
  const chosen = settings.graph.value;
  return (
    <>
      <fieldset class="cards">
        <legend class="sr-only">{t('graphsYours')}</legend>
        {names.map((name) => (
          <label key={name} class="card">
            <input
              type="radio"
              name={group}
              checked={chosen === name}
              onChange={() => (settings.graph.value = name)}
            />
            <Glyph path={glyphs.graph} />
            <span class="card-name" dir="auto">
              {name}
            </span>
          </label>
        ))}
      </fieldset>
      {names.includes(chosen) && <GraphPreview key={chosen} name={chosen} />}
    </>
  );
}

/** How to get a graph: an example, a new one, one from elsewhere. */
function Ways({ withExamples, names }: { withExamples: boolean; names: readonly string[] }) {
  const app = useApp();
  const shown = useSignal(withExamples);
  const waiting = useSignal<GraphArchive | undefined>(undefined);
  useEffect(() => void (shown.value = withExamples), [withExamples, shown]);
  const take = async (
    archive: GraphArchive,
    told: 'exampleAdded' | 'graphImported',
    replace = false,
  ): Promise<void> => {
    const outcome = await importGraph(app, archive, replace);
    waiting.value = outcome === 'exists' ? archive : undefined;
    if (outcome === 'done') app.notices.tell(t(told, { name: String(archive.graph['name']) }));
  };
  const open = async (file: File): Promise<void> => {
    const archive = await readArchive(file);
    if (archive) await take(archive, 'graphImported');
    else app.notices.fail(t('graphNoFile'));
  };
  const language = locale.value;
  const examples = useMemo(() => new Resource(() => loadExamples(app.fetch, language)), [app, language]);
  useEffect(() => void examples.load(), [examples]);
  const state = examples.state.value;
  const offered = state.kind === 'ready' ? state.data.filter(({ name }) => !names.includes(name)) : [];
  return (
    <>
      {shown.value && offered.length > 0 && (
        <ul class="examples">
          {offered.map(({ name, description, document }) => (
            <li key={name}>
              <button
                type="button"
                class="example"
                title={t('exampleAdd')}
                onClick={() => void take(document, 'exampleAdded')}
              >
                <Glyph path={glyphs.graph} />
                <span class="example-label">{name}</span>
                <span class="example-prompt">{description}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="studio-ways">
        <button type="button" class="button" onClick={() => app.router.go('/graphs')}>
          <Glyph path={glyphs.plus} /> {t('graphNew')}
        </button>
        <button type="button" class="button" onClick={() => (app.settings.mode.value = 'design')}>
          <Icon name="text" /> {t('graphDesign')}
        </button>
        <FileButton take={(file) => void open(file)}>
          <Glyph path={glyphs.upload} /> {t('graphImport')}
        </FileButton>
        {!withExamples && offered.length > 0 && (
          <button
            type="button"
            class="button"
            aria-expanded={shown.value}
            onClick={() => (shown.value = !shown.value)}
          >
            <Icon name="layout" /> {t('examples')}
          </button>
        )}
      </div>
      {waiting.value && (
        <ReplaceDialog
          name={String(waiting.value.graph['name'])}
          replace={() => waiting.value && take(waiting.value, 'graphImported', true)}
          close={() => (waiting.value = undefined)}
        />
      )}
    </>
  );
}
