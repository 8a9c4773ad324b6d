import { Panel } from '../components/panels.js';
import { Markdown } from '../markdown/index.js';
import type { BlockProps } from './block-props.js';
import { Reasoning } from './reasoning.js';
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
    case 'reasoning':
      return <Reasoning block={block} live={live} onToggle={onToggle} />;
    case 'refusal':
      return <Panel is="Refusal" block={block} />;
    case 'node':
      // Nodes stand around what is written in them (studio/run/).
      return null;
  }
}
