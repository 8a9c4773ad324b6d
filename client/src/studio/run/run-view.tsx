import { BlockView } from '../../blocks/block-view.js';
import { Warning } from '../../blocks/run-notes.js';
import { useApp } from '../../components/app-context.js';
import { Glyph } from '../../components/icons.js';
import { DesignRun } from '../design/design-run.js';
import { glyphs } from '../shared/glyphs.js';
import { GraphRun } from './graph-run.js';
import { NodeCard } from './node-card.js';
import { topNodes } from './node-runs.js';
import type { RunViewProps } from './run-view-props.js';

/** A run of a graph, of an agent, or of a model that designs a graph. */
export function RunView(props: RunViewProps) {
  const { conversation } = useApp();
  if (props.turn.run.summary.value.mode === 'graph') return <GraphRun {...props} />;
  return conversation.value?.mode.value === 'design' ? <DesignRun {...props} /> : <AgentRun {...props} />;
}

/** What the agent says, and, where it has called others, a card for each. */
function AgentRun({ turn, live, onToggle }: RunViewProps) {
  const blocks = turn.run.blocks.value;
  const { warnings, state } = turn.run.summary.value;
  const nodes = topNodes(blocks);
  return (
    <>
      {state.agent_name !== undefined && (
        <p class="agent-name" dir="auto">
          <Glyph path={glyphs.agent} /> {state.agent_name}
        </p>
      )}
      {warnings.map((warning, index) => (
        <Warning key={index} warning={warning} />
      ))}
      {blocks.map((block) => {
        if (block.kind === 'node')
          return nodes.includes(block) ? (
            <NodeCard key={block.key} node={block} run={turn.run} live={live} onToggle={onToggle} />
          ) : null;
        if (block.nodeRunId !== undefined) return null;
        return <BlockView key={block.key} block={block} live={live} onToggle={onToggle} />;
      })}
    </>
  );
}
