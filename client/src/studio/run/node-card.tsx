import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { BlockView } from '../../blocks/block-view.js';
import { Icon, Spinner } from '../../components/icons.js';
import { formatDuration, formatNumber } from '../../i18n/format.js';
import { t } from '../../i18n/studio-text.js';
import type { NodeBlock } from '../../state/node-block.js';
import type { Block, RunModel } from '../../state/run-model.js';
import { nodeLooks, phaseOf } from './node-looks.js';
import { excerptOf, handoffOf, inside, usageOf } from './node-runs.js';

export interface NodeCardProps {
  node: NodeBlock;
  run: RunModel;
  /** True while the run goes on. */
  live: boolean;
  onToggle: () => void;
  /** How often the node has run before, in this run. */
  before?: number;
}

/**
 * One execution of a node: how it stands, and what it says. It is open while the run goes on, and folded afterwards, unless it failed or
 * the reader has said otherwise.
 */
export function NodeCard({ node, run, live, onToggle, before = 0 }: NodeCardProps) {
  const id = useId();
  const choice = useSignal<boolean | undefined>(undefined);
  const view = node.view.value;
  const { error } = run.summary.value;
  const phase = phaseOf(view);
  const blocks = inside(run.blocks.value, node.id);
  const open = choice.value ?? (live || phase === 'error');
  return (
    <section
      class={`node-run node-run-${phase}${live && phase === 'running' ? ' node-run-live' : ''}`}
      aria-label={`${node.name}: ${t(nodeLooks[phase].words)}`}
      data-node={node.name}
    >
      <button
        type="button"
        class="node-run-head"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => {
          onToggle();
          choice.value = !open;
        }}
      >
        <State phase={phase} />
        <span class="node-run-name" dir="auto">
          {node.name}
          {before > 0 && <span class="muted"> · {t('nodeAgain', { count: before + 1 })}</span>}
        </span>
        <Facts node={node} run={run} />
      </button>
      {open ? (
        <div id={id} class="node-run-body">
          <div class="node-run-blocks">
            {blocks.map((block) => (
              <Inner key={block.key} block={block} run={run} live={live} onToggle={onToggle} />
            ))}
            {phase === 'error' && error && <p class="node-run-error">{error.message}</p>}
            {live && phase === 'running' && blocks.length === 0 && (
              <p class="activity">
                <span class="activity-dot" aria-hidden="true" /> {t('waiting')}
              </p>
            )}
          </div>
        </div>
      ) : (
        <p class="node-run-excerpt" dir="auto">
          {excerptOf(blocks)}
        </p>
      )}
      {blocks.map((block) => (
        <Handoff key={block.key} block={block} />
      ))}
    </section>
  );
}

function State({ phase }: { phase: ReturnType<typeof phaseOf> }) {
  const { icon, words } = nodeLooks[phase];
  return (
    <span class="node-run-state" title={t(words)}>
      {icon ? <Icon name={icon} /> : <Spinner />}
    </span>
  );
}

/** How long it took, and how many tokens. */
function Facts({ node, run }: { node: NodeBlock; run: RunModel }) {
  const { duration_ms } = node.view.value;
  const usage = usageOf(run.summary.value.state.steps, node.id);
  const facts = [
    ...(duration_ms === undefined ? [] : [formatDuration(duration_ms)]),
    ...(usage ? [t('tokens', { count: formatNumber(usage.input + usage.output) })] : []),
  ];
  const title = usage && t('usage', { input: formatNumber(usage.input), output: formatNumber(usage.output) });
  return (
    <span class="node-run-facts" title={title}>
      {facts.join(' · ')}
    </span>
  );
}

function Inner({ block, run, live, onToggle }: { block: Block } & Omit<NodeCardProps, 'node'>) {
  if (block.kind === 'node') return <NodeCard node={block} run={run} live={live} onToggle={onToggle} />;
  if (handoffOf(block) !== undefined) return null;
  return <BlockView block={block} live={live} onToggle={onToggle} />;
}

/** Where it handed over to. A second choice of one execution does not count. */
function Handoff({ block }: { block: Block }) {
  const target = handoffOf(block);
  if (target === undefined || block.kind !== 'tool_call' || block.view.value.phase === 'error') return null;
  return (
    <p class="handoff">
      <Icon name="chevron" /> {t('handsOver', { name: target })}
    </p>
  );
}
