import { Fragment } from 'preact';
import { t } from '../i18n/locale.js';
import { BlockView } from '../blocks/block-view.js';
import { RunNotes, Warning } from '../blocks/run-notes.js';
import { UsageFooter } from '../blocks/usage-footer.js';
import type { Turn } from '../state/turn.js';
import { CopyButton } from './copy-button.js';
import { Icon } from './icons.js';

export interface TurnViewProps {
  turn: Turn;
  /** Sends the prompt again. */
  retry: () => void;
  /** False while another answer is being written. */
  canRetry: boolean;
  onToggle: () => void;
}

export function TurnView(props: TurnViewProps) {
  const { turn } = props;
  return (
    <>
      <article class="message message-user" aria-label={t('yourMessage')}>
        <div class="bubble" dir="auto">
          {turn.prompt}
        </div>
        <div class="message-actions">
          <CopyButton label={t('copyMessage')} text={() => turn.prompt} />
        </div>
      </article>
      <Answer {...props} />
    </>
  );
}

function Answer({ turn, retry, canRetry, onToggle }: TurnViewProps) {
  const blocks = turn.run.blocks.value;
  const busy = turn.busy.value;
  const status = turn.status.value;
  return (
    <article class="message message-answer" aria-label={t('answer')} aria-busy={busy}>
      {blocks.map((block, index) => (
        <Fragment key={block.key}>
          <Warnings of={turn} after={index} />
          <BlockView block={block} live={busy} onToggle={onToggle} />
        </Fragment>
      ))}
      <Warnings of={turn} after={blocks.length} />
      {busy && <Activity text={blocks.length > 0 ? '' : t(status === 'sending' ? 'sending' : 'waiting')} />}
      <RunNotes turn={turn} retry={retry} canRetry={canRetry} />
      {!busy && status !== 'refused' && status !== 'unsent' && (
        <footer class="message-actions answer-footer">
          <CopyButton label={t('copyAnswer')} text={() => turn.run.text} />
          <button
            type="button"
            class="icon-button"
            aria-label={t('askAgain')}
            title={t('askAgain')}
            disabled={!canRetry}
            onClick={retry}
          >
            <Icon name="retry" />
          </button>
          <UsageFooter run={turn.run} />
        </footer>
      )}
    </article>
  );
}

/** The warnings that came when there were `after` blocks. */
function Warnings({ of: turn, after }: { of: Turn; after: number }) {
  const { warnings } = turn.run.summary.value;
  return warnings.map((warning, index) =>
    warning.after === after ? <Warning key={index} warning={warning} /> : null,
  );
}

function Activity({ text }: { text: string }) {
  return (
    <p class="activity">
      <span class="activity-dot" aria-hidden="true" />
      {text}
    </p>
  );
}
