import { useEffect, useMemo } from 'preact/hooks';
import { useApp } from '../../components/app-context.js';
import { Icon } from '../../components/icons.js';
import { Loading } from '../../components/states.js';
import { t } from '../../i18n/studio-text.js';
import { Resource } from '../../state/loadable.js';
import { getJson } from '../../stream/api.js';
import { readGraph } from './config.js';
import { graphUrl } from './graph-files.js';
import { NodeLabel } from './node-label.js';
import { Picture } from './picture.js';

/** What the chosen graph does, and how. */
export function GraphPreview({ name }: { name: string }) {
  const { fetch, router } = useApp();
  const graph = useMemo(
    () => new Resource(async () => readGraph(await getJson(fetch, graphUrl(name)))),
    [fetch, name],
  );
  useEffect(() => void graph.load(), [graph]);
  const state = graph.state.value;
  const edit = (): void => router.go(`/graphs/${encodeURIComponent(name)}`);
  return (
    <section class="graph-preview" aria-label={name}>
      <header>
        <h2 dir="auto">{name}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t('editGraph', { name })}
          title={t('editGraph', { name })}
          onClick={edit}
        >
          <Icon name="edit" />
        </button>
      </header>
      {state.kind === 'loading' && <Loading text={t('loading')} />}
      {state.kind === 'ready' && (
        <>
          {state.data.description !== '' && <p class="muted">{state.data.description}</p>}
          <Picture
            nodes={state.data.nodes}
            direction="across"
            label={(node) => <NodeLabel node={state.data.nodes.find((one) => one.name === node)} />}
            choose={edit}
          />
        </>
      )}
    </section>
  );
}
