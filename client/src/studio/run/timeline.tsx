import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatDuration } from '../../i18n/format.js';
import { t } from '../../i18n/studio-text.js';
import type { NodeBlock } from '../../state/node-block.js';
import { barsOf } from './lanes.js';
import { nodeLooks, phaseOf } from './node-looks.js';

const TICK_MS = 400;

/** When each node ran, and how long. */
export function Timeline({ nodes, live }: { nodes: readonly NodeBlock[]; live: boolean }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    if (!live) return undefined;
    const timer = setInterval(() => (now.value = Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [live, now]);
  const { bars, total } = barsOf(nodes.map(laneNode), now.value);
  return (
    <ol class="timeline" aria-label={t('timeline')}>
      {bars.map(({ node: { block }, start, length, running }) => {
        const phase = phaseOf(block.view.value);
        return (
          <li key={block.key} class={`timeline-row node-run-${phase}`}>
            <span class="timeline-name" dir="auto" title={block.name}>
              {block.name}
            </span>
            <span class="timeline-track">
              <span
                class={running ? 'timeline-bar timeline-running' : 'timeline-bar'}
                style={{
                  insetInlineStart: `${(start / total) * 100}%`,
                  inlineSize: `max(3px, ${(length / total) * 100}%)`,
                }}
              />
            </span>
            <span class="timeline-time">
              <span class="sr-only">{t(nodeLooks[phase].words)} </span>
              {running && !live ? '' : formatDuration(length)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** A node as lanes and timelines see it. Reads its signal. */
export function laneNode(block: NodeBlock) {
  const { name, level, startedAt: start } = block;
  const { ended, duration_ms: duration } = block.view.value;
  const end = ended && start !== undefined && duration !== undefined ? start + duration : undefined;
  return { name, level, start, end, duration, block };
}
