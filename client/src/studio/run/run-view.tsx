import { BlockView } from '../../blocks/block-view.js';
import { Warning } from '../../blocks/run-notes.js';
import type { Turn } from '../../state/turn.js';
import { GraphRun } from './graph-run.js';
import { NodeCard } from './node-card.js';
import { topNodes } from './node-runs.js';

export interface RunViewProps {
  turn: Turn;
  live: boolean;
  onToggle: () => void;
}

/** A run that has nodes: one of a graph, or one of an agent that has called others. */
export function RunView(props: RunViewProps) {
  return props.turn.run.summary.value.mode === 'graph' ? <GraphRun {...props} /> : <AgentRun {...props} />;
}

/** What the agent says, and, where it has called others, a card for each. */
function AgentRun({ turn, live, onToggle }: RunViewProps) {
  const blocks = turn.run.blocks.value;
  const nodes = topNodes(blocks);
  return (
    <>
      {turn.run.summary.value.warnings.map((warning, index) => (
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
