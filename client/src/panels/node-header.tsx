import { Glyph, Spinner } from '../components/icons.js';
import type { PanelKey } from '../i18n/panels-en.js';
import { formatDuration } from '../i18n/format.js';
import { t } from '../i18n/panel-text.js';
import { glyphs } from './glyphs.js';
import type { NodeBlock, NodeView } from '../state/node-block.js';

const words: Record<NonNullable<NodeView['status']>, PanelKey> = {
  ok: 'nodeOk',
  error: 'nodeError',
  skipped: 'nodeSkipped',
  cancelled: 'nodeCancelled',
  suspended: 'nodeSuspended',
};

/** Where a node of a graph begins. */
export function NodeHeader({ block }: { block: NodeBlock }) {
  const { ended, status, duration_ms } = block.view.value;
  return (
    <h3 class="block node-header">
      {ended ? <Glyph path={glyphs.node} /> : <Spinner />}
      <span>{block.name}</span>
      <span class="muted">
        {t(ended ? words[status ?? 'ok'] : 'nodeRunning')}
        {duration_ms !== undefined && ` · ${formatDuration(duration_ms)}`}
      </span>
    </h3>
  );
}
