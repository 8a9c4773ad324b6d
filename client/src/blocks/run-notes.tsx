import type { ComponentChildren } from 'preact';
import { problemText } from '../components/problem-text.js';
import { Icon, type IconName } from '../components/icons.js';
import type { TurnActions } from '../components/turn-actions.js';
import { formatNumber } from '../i18n/format.js';
import type { MessageKey } from '../i18n/en.js';
import { t } from '../i18n/locale.js';
import type { RunSummary, RunWarning } from '../state/run-model.js';
import { Note } from './note.js';

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
      <EndNote summary={summary} again={again} further={further} />
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

interface EndNoteProps {
  summary: RunSummary;
  again: ComponentChildren;
  further: ComponentChildren;
}

function EndNote({ summary, again, further }: EndNoteProps) {
  const { phase, error, cancelled, finishReason } = summary;
  if (phase === 'failed') {
    return (
      <Note kind="error" icon="failed" title={t('errorTitle')} code={error?.code}>
        <p>{error?.message || t('errorUnknown')}</p>
        {(error === undefined || error.retryable) && (
          <div class="note-actions">
            {further}
            {again}
          </div>
        )}
      </Note>
    );
  }
  if (phase === 'interrupted') {
    return (
      <Note kind="warning" icon="warning" title={error?.message || t('interrupted')} code={error?.code}>
        <div class="note-actions">
          {further}
          {again}
        </div>
      </Note>
    );
  }
  if (phase === 'cancelled') return <CancelledNote cancelled={cancelled} further={further} />;
  if (finishReason === 'length') {
    return (
      <Note kind="warning" icon="warning" title={t('finishLength')}>
        <div class="note-actions">
          {further}
          {again}
        </div>
      </Note>
    );
  }
  if (finishReason === 'content_filter') {
    return <Note kind="warning" icon="warning" title={t('finishContentFilter')} />;
  }
  return null;
}

const stoppedBy: Record<NonNullable<RunSummary['cancelled']>['by'], MessageKey> = {
  user: 'cancelledByUser',
  disconnect: 'cancelledByDisconnect',
  deadline: 'cancelledByDeadline',
  shutdown: 'cancelledByShutdown',
};

function CancelledNote({
  cancelled,
  further,
}: Pick<EndNoteProps, 'further'> & Pick<RunSummary, 'cancelled'>) {
  const kept = cancelled?.kept.characters;
  return (
    <Note kind="plain" icon="stopped" title={t(stoppedBy[cancelled?.by ?? 'user'])}>
      {kept !== undefined && (
        <p>{kept > 0 ? t('cancelledKept', { count: formatNumber(kept) }) : t('cancelledKeptNothing')}</p>
      )}
      {further}
    </Note>
  );
}

function NoteButton(props: { icon: IconName; label: string; disabled: boolean; onClick: () => void }) {
  return (
    <button type="button" class="button" disabled={props.disabled} onClick={props.onClick}>
      <Icon name={props.icon} /> {props.label}
    </button>
  );
}
