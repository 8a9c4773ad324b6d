import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { BlockView } from '../../blocks/block-view.js';
import { Note } from '../../blocks/note.js';
import { Warning } from '../../blocks/run-notes.js';
import { useApp } from '../../components/app-context.js';
import { Glyph, Icon, Spinner } from '../../components/icons.js';
import type { StudioKey } from '../../i18n/studio-en.js';
import { t } from '../../i18n/studio-text.js';
import { Markdown } from '../../markdown/index.js';
import type { TextBlock } from '../../state/text-block.js';
import type { Turn } from '../../state/turn.js';
import { NodeLabel } from '../graph/node-label.js';
import { Picture } from '../graph/picture.js';
import { askDesigner, END_DESIGN } from '../shared/asks.js';
import { catalogOf } from '../shared/catalog.js';
import { glyphs } from '../shared/glyphs.js';
import type { RunViewProps } from '../run/run-view-props.js';
import { designOf, readDesignedNode } from './design-graph.js';
import { SegmentReader, type DesignTag, type Segment } from './segments.js';

type Design = NonNullable<Turn['run']['summary']['value']['state']['design']>;

/** An answer of a model that designs a graph: what it says, the parts of the graph as cards, and the graph so far. */
export function DesignRun({ turn, live, onToggle }: RunViewProps) {
  const { conversation } = useApp();
  const { warnings, state } = turn.run.summary.value;
  const turns = conversation.value?.turns.value ?? [];
  const design = state.design ?? storedDesign(turn);
  if (design) return <Outcome design={design} />;
  return (
    <>
      {turn.run.blocks.value.map((block) =>
        block.kind === 'text' ? (
          <DesignText key={block.key} block={block} />
        ) : (
          <BlockView key={block.key} block={block} live={live} onToggle={onToggle} />
        ),
      )}
      {warnings.map((warning, index) => (
        <Warning key={index} warning={warning} />
      ))}
      {!live && turn === turns.at(-1) && <SoFar turns={turns} />}
    </>
  );
}

/** Of the end of a dialogue the server keeps what it said, in the words of the seed. */
function storedDesign(turn: Turn): Design | undefined {
  const [message, graph_name] = /^图 '(.+)' 生成完成/.exec(turn.run.text) ?? [];
  if (turn.prompt !== END_DESIGN || message === undefined) return undefined;
  return { completed: true, message, graph_name };
}

function DesignText({ block }: { block: TextBlock }) {
  const reader = useMemo(() => new SegmentReader(), [block]);
  const version = useSignal(0);
  useEffect(() => {
    const changed = (): void => void (version.value += 1);
    return block.document.attach({
      append(text) {
        reader.append(text);
        changed();
      },
      end() {
        reader.end();
        changed();
      },
    });
  }, [block, reader, version]);
  // The reader is no signal; this says when it has read more.
  void version.value;
  return reader.segments.map((segment, index) => <Part key={index} {...segment} />);
}

const titles: Record<DesignTag, StudioKey> = {
  analysis: 'designAnalysis',
  todo: 'designTodo',
  graph_name: 'graphName',
  graph_description: 'description',
  node: 'nodeNew',
  delete_node: 'designDelete',
  end_template: 'endTemplate',
};

function Part({ tag, text, document, ended }: Segment) {
  if (tag === undefined) {
    return (
      <div class="block block-text" dir="auto">
        <Markdown document={document} />
      </div>
    );
  }
  const node = tag === 'node' && ended ? readDesignedNode(text) : undefined;
  const prose = tag === 'analysis' || tag === 'todo' || tag === 'graph_description';
  return (
    <section class="design-part" aria-label={t(titles[tag])}>
      <h3>
        {ended ? <Icon name="check" /> : <Spinner />} {t(titles[tag])}
        {node && <b dir="auto">{node.name}</b>}
      </h3>
      {node ? (
        <p class="muted" dir="auto">
          {[node.model_name ?? node.subgraph_name, node.description || node.system_prompt]
            .filter(Boolean)
            .join(' · ')}
        </p>
      ) : prose ? (
        <Markdown document={document} />
      ) : (
        <pre class="design-text">{text.trim()}</pre>
      )}
    </section>
  );
}

/** The graph as all answers so far have it. */
function SoFar({ turns }: { turns: readonly Turn[] }) {
  const graph = designOf(turns.map((turn) => turn.run.text));
  if (graph.nodes.length === 0) return null;
  return (
    <section class="graph-run">
      <header class="graph-run-head">
        <h3>
          <Glyph path={glyphs.graph} /> <span dir="auto">{graph.name || t('designSoFar')}</span>
        </h3>
      </header>
      <Picture
        nodes={graph.nodes}
        direction="across"
        label={(name) => <NodeLabel node={graph.nodes.find((one) => one.name === name)} />}
        choose={() => undefined}
      />
    </section>
  );
}

/** How the end of the dialogue went. */
function Outcome({ design }: { design: Design }) {
  const app = useApp();
  const { completed, graph_name: name = '', reason, missing_fields: missing = [], faults = [] } = design;
  const go = (path: string): void => app.router.go(path);
  const run = async (): Promise<void> => {
    // The list from before does not have it yet.
    await catalogOf(app).graphs.load();
    app.settings.mode.value = 'graph';
    app.settings.graph.value = name;
    go('/');
  };
  if (completed) {
    return (
      <Note kind="plain" icon="done" title={t('designStored', { name })}>
        <div class="note-actions">
          <button type="button" class="button" onClick={() => go(`/graphs/${encodeURIComponent(name)}`)}>
            <Icon name="edit" /> {t('designOpen')}
          </button>
          <button type="button" class="button" onClick={() => void run()}>
            <Icon name="play" /> {t('run')}
          </button>
        </div>
      </Note>
    );
  }
  if (reason === 'exists') {
    return (
      <Note kind="warning" icon="warning" title={t('replaceTitle', { name })}>
        <p>{t('replaceText')}</p>
        <div class="note-actions">
          <button
            type="button"
            class="button"
            onClick={() => app.conversation.peek()?.send(END_DESIGN, askDesigner(app.model.peek(), true))}
          >
            {t('replace')}
          </button>
        </div>
      </Note>
    );
  }
  return (
    <Note kind="warning" icon="warning" title={t('designIncomplete')}>
      <ul class="design-missing">
        {missing.map((field) => (
          <li key={field}>{t('designMissing', { part: partName(field) })}</li>
        ))}
        {faults.map(({ node, msg }, index) => (
          <li key={index}>
            {node !== null && <b>{node} </b>}
            {msg}
          </li>
        ))}
      </ul>
      <p>{t('designGoOn')}</p>
    </Note>
  );
}

function partName(field: string): string {
  if (field === 'nodes') return t('nodes');
  return Object.hasOwn(titles, field) ? t(titles[field as DesignTag]) : field;
}
