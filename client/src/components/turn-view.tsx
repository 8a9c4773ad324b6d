import { Fragment } from 'preact';
import { t } from '../i18n/locale.js';
import { BlockView } from '../blocks/block-view.js';
import { RunNotes, Warning } from '../blocks/run-notes.js';
import type { Turn } from '../state/turn.js';
import { ActionButton } from './action-button.js';
import { CopyButton } from './copy-button.js';
import { Panel } from './panels.js';
import { Studio } from './studio.js';
import type { TurnActions } from './turn-actions.js';
import { UserMessage } from './user-message.js';

/** A run that goes on, or one that ends a dialogue: nobody said anything. */
const WORDLESS = /^(<end>END<.end>)?$/;

/** The user's message keeps its place, and the focus in it, when another version is shown; the answer is a new one. */
export function TurnView({ actions }: { actions: TurnActions }) {
  return (
    <>
      {!WORDLESS.test(actions.turn.prompt) && <UserMessage actions={actions} />}
      <Answer key={actions.turn.key} actions={actions} />
    </>
  );
}

function Answer({ actions }: { actions: TurnActions }) {
  const { turn, retry, blocked, reason, onToggle } = actions;
  const blocks = turn.run.blocks.value;
  const busy = turn.busy.value;
  const status = turn.status.value;
  return (
    <article class="message message-answer" aria-label={t('answer')} aria-busy={busy} data-turn={turn.key}>
      {turn.run.summary.value.mode !== 'chat' ? (
        <Studio is="RunView" turn={turn} live={busy} onToggle={onToggle} />
      ) : (
        <>
          {blocks.map((block, index) => (
            <Fragment key={block.key}>
              <Warnings of={turn} after={index} />
              <BlockView block={block} live={busy} onToggle={onToggle} />
            </Fragment>
          ))}
          <Warnings of={turn} after={blocks.length} />
        </>
      )}
      {busy && <Activity text={blocks.length > 0 ? '' : t(status === 'sending' ? 'sending' : 'waiting')} />}
      <RunNotes actions={actions} />
      {!busy && status !== 'refused' && status !== 'unsent' && (
        <footer class="message-actions answer-footer">
          <CopyButton label={t('copyAnswer')} text={() => turn.run.text} />
          <ActionButton
            icon="retry"
            label={t('askAgain')}
            disabled={blocked}
            reason={reason}
            onClick={retry}
          />
          <Panel is="UsageFooter" run={turn.run} />
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
