import type { IconName } from '../../components/icons.js';
import type { StudioKey } from '../../i18n/studio-en.js';
import type { NodeView } from '../../state/node-block.js';

export type NodePhase = 'running' | NonNullable<NodeView['status']>;

/** How a node stands, as an icon and in a word. A running node has a spinner. */
export const nodeLooks: Record<NodePhase, { icon: IconName | undefined; words: StudioKey }> = {
  running: { icon: undefined, words: 'nodeRunning' },
  ok: { icon: 'done', words: 'nodeOk' },
  error: { icon: 'failed', words: 'nodeError' },
  skipped: { icon: 'stopped', words: 'nodeSkipped' },
  cancelled: { icon: 'stopped', words: 'nodeCancelled' },
  suspended: { icon: 'clock', words: 'nodeSuspended' },
};

export function phaseOf({ ended, status }: NodeView): NodePhase {
  return ended ? (status ?? 'ok') : 'running';
}
