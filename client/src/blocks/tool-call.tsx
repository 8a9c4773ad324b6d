import { useSignal } from '@preact/signals';
import { Icon, Spinner, type IconName } from '../components/icons.js';
import { Panel } from '../components/panels.js';
import type { MessageKey } from '../i18n/en.js';
import { formatDuration } from '../i18n/format.js';
import { t } from '../i18n/locale.js';
import { Lines } from '../markdown/index.js';
import type { ToolBlock, ToolPhase } from '../state/tool-block.js';
import type { BlockProps } from './block-props.js';
import { Disclosure } from './disclosure.js';

const looks: Record<ToolPhase, { icon: IconName | undefined; words: MessageKey }> = {
  writing: { icon: undefined, words: 'toolWriting' },
  running: { icon: undefined, words: 'toolRunning' },
  ok: { icon: 'done', words: 'toolOk' },
  error: { icon: 'failed', words: 'toolError' },
  denied: { icon: 'stopped', words: 'toolDenied' },
  cancelled: { icon: 'stopped', words: 'toolCancelled' },
  unknown: { icon: 'unknown', words: 'toolUnknown' },
};

/** A tool call as a card: what is called, how it stands, and, unfolded, what went in and what came out. */
export function ToolCall({ block, onToggle }: BlockProps<ToolBlock>) {
  const open = useSignal(false);
  const view = block.view.value;
  const { icon, words } = looks[view.phase];
  return (
    <Disclosure
      class={`tool tool-${view.phase}`}
      open={open.value}
      toggle={() => {
        onToggle();
        open.value = !open.value;
      }}
      summary={
        <>
          <span class="tool-head">
            <span class="tool-name">{block.tool}</span>
            {block.server !== undefined && <span class="tool-server">{block.server}</span>}
            <span class="tool-state">
              {icon ? <Icon name={icon} /> : <Spinner />}
              {t(words)}
              {view.durationMs !== undefined && ` · ${formatDuration(view.durationMs)}`}
            </span>
          </span>
          {!open.value && view.firstLine !== '' && <span class="tool-line">{view.firstLine}</span>}
        </>
      }
    >
      {view.invalid !== undefined && <p class="danger">{t('toolInvalid', { reason: view.invalid })}</p>}
      <h3>{t('toolArguments')}</h3>
      <div class="tool-text">
        <Lines key={block.args.value.ended ? 'whole' : 'growing'} document={block.args.value} />
      </div>
      {view.progress && <Panel is="Progress" progress={view.progress} />}
      {block.result.text !== '' && (
        <>
          <h3>{t('toolResult')}</h3>
          <div class="tool-text">
            <Lines document={block.result} />
          </div>
        </>
      )}
    </Disclosure>
  );
}
