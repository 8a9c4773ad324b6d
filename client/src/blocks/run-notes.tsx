import { Panel } from '../components/panels.js';
import { problemText } from '../components/problem-text.js';
import type { TurnActions } from '../components/turn-actions.js';
import { t } from '../i18n/locale.js';
import type { RunWarning } from '../state/run-model.js';
import { Note, NoteButton } from './note.js';

/** What stands under an answer when something is to be said about its end: errors, how it was stopped, and what can be done. */
export function RunNotes({ actions }: { actions: TurnActions }) {
  const { turn, retry, goOn, blocked } = actions;
  const summary = turn.run.summary.value;
  const status = turn.status.value;
  const problem = turn.problem.value;
  const again = <NoteButton icon="retry" label={t('retry')} disabled={blocked} onClick={retry} />;
  // To go on, there must be something to go on with.
  const further = goOn && turn.run.blocks.value.length > 0 && (
    <NoteButton icon="play" label={t('continue')} disabled={blocked} onClick={goOn} />
  );
  return (
    <>
      {status === 'ended' && <Panel is="EndNote" summary={summary} again={again} further={further} />}
      {status === 'refused' && problem && (
        <Note kind="error" icon="failed" title={t('errorSend')} code={problem.code}>
          <p>{problemText(problem)}</p>
          {problem.retryable && again}
        </Note>
      )}
      {status === 'unsent' && (
        <Note kind="plain" icon="stopped" title={t('unsent')}>
          {again}
        </Note>
      )}
      {status === 'lost' && <Note kind="warning" icon="unknown" title={t('lost')} />}
      {status === 'suspended' && <Note kind="plain" icon="clock" title={t('suspended')} />}
    </>
  );
}

export function Warning({ warning }: { warning: RunWarning }) {
  return (
    <Note kind="warning" icon="warning" title={t('warning')} code={warning.code}>
      <p>{warning.message}</p>
    </Note>
  );
}
