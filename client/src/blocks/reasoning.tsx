import { useSignal } from '@preact/signals';
import { formatDuration } from '../i18n/format.js';
import { t } from '../i18n/locale.js';
import { Lines } from '../markdown/index.js';
import type { LinesBlock } from '../state/text-block.js';
import type { BlockProps } from './block-props.js';
import { Disclosure } from './disclosure.js';

/** What the model thought: open while it thinks, folded afterwards, unless the reader has said otherwise. */
export function Reasoning({ block, live, onToggle }: BlockProps<LinesBlock>) {
  const choice = useSignal<boolean | undefined>(undefined);
  const thinking = live && !block.ended.value;
  const open = choice.value ?? thinking;
  return (
    <Disclosure
      class={thinking ? 'reasoning reasoning-live' : 'reasoning'}
      open={open}
      toggle={() => {
        onToggle();
        choice.value = !open;
      }}
      summary={<span class={thinking ? 'shimmer' : undefined}>{headline(block, thinking)}</span>}
    >
      <div class="reasoning-text" dir="auto">
        <Lines document={block.document} />
      </div>
    </Disclosure>
  );
}

function headline(block: LinesBlock, thinking: boolean): string {
  if (thinking) return t('thinking');
  const ms = block.durationMs.value;
  return ms === undefined ? t('thought') : t('thoughtFor', { time: formatDuration(ms) });
}
