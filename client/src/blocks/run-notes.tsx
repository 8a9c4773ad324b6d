import type { JSX } from 'preact';
import { problemText } from '../components/problem-text.js';
import { Icon } from '../components/icons.js';
import { formatNumber } from '../i18n/format.js';
import type { MessageKey } from '../i18n/en.js';
import { t } from '../i18n/locale.js';
import type { RunSummary, RunWarning } from '../state/run-model.js';
import type { Turn } from '../state/turn.js';
import { Note } from './note.js';

interface NotesProps {
  turn: Turn;
  retry: () => void;
  canRetry: boolean;
}

/** What stands under an answer when something is to be said about its end: errors, how it was stopped. */
export function RunNotes({ turn, retry, canRetry }: NotesProps) {
  const summary = turn.run.summary.value;
  const status = turn.status.value;
  const problem = turn.problem.value;
  const again = <Retry retry={retry} disabled={!canRetry} />;
  return (
    <>
      <EndNote summary={summary} again={again} />
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

function EndNote({ summary, again }: { summary: RunSummary; again: JSX.Element }) {
  const { phase, error, cancelled, finishReason } = summary;
  if (phase === 'failed') {
    return (
      <Note kind="error" icon="failed" title={t('errorTitle')} code={error?.code}>
        <p>{error?.message || t('errorUnknown')}</p>
        {(error === undefined || error.retryable) && again}
      </Note>
    );
  }
  if (phase === 'interrupted') {
    return (
      <Note kind="warning" icon="warning" title={error?.message || t('interrupted')} code={error?.code}>
        {again}
      </Note>
    );
  }
  if (phase === 'cancelled') return <CancelledNote cancelled={cancelled} />;
  if (finishReason === 'length') return <Note kind="warning" icon="warning" title={t('finishLength')} />;
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

function CancelledNote({ cancelled }: { cancelled: RunSummary['cancelled'] }) {
  const kept = cancelled?.kept.characters;
  return (
    <Note kind="plain" icon="stopped" title={t(stoppedBy[cancelled?.by ?? 'user'])}>
      {kept !== undefined && (
        <p>{kept > 0 ? t('cancelledKept', { count: formatNumber(kept) }) : t('cancelledKeptNothing')}</p>
      )}
    </Note>
  );
}

function Retry({ retry, disabled }: { retry: () => void; disabled: boolean }) {
  return (
    <button type="button" class="button" disabled={disabled} onClick={retry}>
      <Icon name="retry" /> {t('retry')}
    </button>
  );
}
