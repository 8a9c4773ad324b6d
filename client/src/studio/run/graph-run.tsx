import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Warning } from '../../blocks/run-notes.js';
import { useApp } from '../../components/app-context.js';
import { Glyph, Icon } from '../../components/icons.js';
import { t } from '../../i18n/studio-text.js';
import { Markdown, MarkdownDocument } from '../../markdown/index.js';
import type { NodeBlock } from '../../state/node-block.js';
import type { Turn } from '../../state/turn.js';
import { Segments } from '../shared/fields.js';
import { resumeGraph } from '../shared/asks.js';
import { glyphs } from '../shared/glyphs.js';
import { chosenName } from '../shared/names.js';
import { lanesOf } from './lanes.js';
import { NodeCard } from './node-card.js';
import { topNodes } from './node-runs.js';
import { RunPicture } from './run-picture.js';
import type { RunViewProps } from './run-view-props.js';
import { laneNode, Timeline } from './timeline.js';

/** A run of a graph: the graph, which lights up, or a timeline; what its nodes say, parallel ones side by side; what it came to. */
export function GraphRun({ turn, live, onToggle }: RunViewProps) {
  const view = useSignal<'graph' | 'timeline'>('graph');
  const app = useApp();
  const { model, warnings, state } = turn.run.summary.value;
  const { final_result: finalResult } = state;
  const name = model || chosenName(app);
  const nodes = topNodes(turn.run.blocks.value);
  const lanes = lanesOf(nodes.map(laneNode));
  const counts = new Map<string, number>();
  const beforeOf = (node: NodeBlock): number => {
    const before = counts.get(node.name) ?? 0;
    counts.set(node.name, before + 1);
    return before;
  };
  return (
    <div class="graph-run">
      <header class="graph-run-head">
        <h3>
          <Glyph path={glyphs.graph} /> <span dir="auto">{name}</span>
        </h3>
        <Segments
          label={t('view')}
          value={view.value}
          choices={[
            ['graph', t('graph')],
            ['timeline', t('timeline')],
          ]}
          change={(next) => (view.value = next)}
        />
      </header>
      {view.value === 'graph' ? (
        <RunPicture name={name} turn={turn} live={live} />
      ) : (
        <Timeline nodes={nodes} live={live} />
      )}
      {warnings.map((warning, index) => (
        <Warning key={index} warning={warning} />
      ))}
      {lanes.map((lane, index) => (
        <div key={index} class="lane">
          {lane.map(({ block }) => (
            <NodeCard
              key={block.key}
              node={block}
              run={turn.run}
              live={live}
              onToggle={onToggle}
              before={beforeOf(block)}
            />
          ))}
        </div>
      ))}
      {finalResult !== undefined && finalResult !== '' && <Result text={finalResult} />}
      <GoOn turn={turn} />
    </div>
  );
}

/** Goes on from where the last run stopped; what has ended is not run again. */
function GoOn({ turn }: { turn: Turn }) {
  const conversation = useApp().conversation.value;
  const { phase } = turn.run.summary.value;
  if (phase !== 'failed' && phase !== 'cancelled' && phase !== 'interrupted') return null;
  if (conversation?.turns.value.at(-1) !== turn || turn.status.value !== 'ended') return null;
  return (
    <button
      type="button"
      class="button"
      disabled={!conversation.idle.value}
      onClick={() => conversation.send('', resumeGraph)}
    >
      <Icon name="play" /> {t('goOn')}
    </button>
  );
}

/** What the graph came to. */
function Result({ text }: { text: string }) {
  const document = useMemo(() => {
    const whole = new MarkdownDocument();
    whole.append(text);
    whole.end();
    return whole;
  }, [text]);
  return (
    <section class="graph-result" aria-label={t('result')}>
      <h3>{t('result')}</h3>
      <div class="block block-text" dir="auto">
        <Markdown document={document} />
      </div>
    </section>
  );
}
