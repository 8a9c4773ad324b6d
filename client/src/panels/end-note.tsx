import type { ComponentChildren } from 'preact';
import { Note } from '../blocks/note.js';
import { formatNumber } from '../i18n/format.js';
import type { PanelKey } from '../i18n/panels-en.js';
import { t } from '../i18n/panel-text.js';
import type { RunSummary } from '../state/run-model.js';

interface EndNoteProps {
  summary: RunSummary;
  again: ComponentChildren;
  further: ComponentChildren;
}

/** How a run ended, where that is worth a word, and what can be done. */
export function EndNote({ summary, again, further }: EndNoteProps) {
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

const stoppedBy: Record<NonNullable<RunSummary['cancelled']>['by'], PanelKey> = {
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
