import { usePanels } from '../components/panels.js';
import { Markdown } from '../markdown/index.js';
import type { NodeBlock } from '../state/node-block.js';
import type { BlockProps } from './block-props.js';
import { Reasoning } from './reasoning.js';
import { Refusal } from './refusal.js';
import { ToolCall } from './tool-call.js';

export function BlockView({ block, live, onToggle }: BlockProps) {
  switch (block.kind) {
    case 'text':
      return (
        <div class="block block-text" dir="auto">
          <Markdown document={block.document} />
        </div>
      );
    case 'tool_call':
      return <ToolCall block={block} live={live} onToggle={onToggle} />;
    case 'node':
      return <NodeHeader block={block} />;
    case 'reasoning':
      return <Reasoning block={block} live={live} onToggle={onToggle} />;
    case 'refusal':
      return <Refusal block={block} />;
  }
}

/** Only graphs have nodes. */
function NodeHeader({ block }: { block: NodeBlock }) {
  const panels = usePanels();
  return panels ? <panels.NodeHeader block={block} /> : null;
}
