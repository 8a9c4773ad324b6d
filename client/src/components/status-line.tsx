import { useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import type { Conversation } from '../state/conversation.js';
import type { Turn } from '../state/turn.js';

/** The one live region of the page: what happens is said in a few words, and the answer is not read out token by token. */
export function StatusLine({ conversation }: { conversation: Conversation | undefined }) {
  const followed = useRef<Turn | undefined>(undefined);
  const live = conversation?.live.value;
  const waiting = conversation?.waiting.value.length ?? 0;
  if (live) followed.current = live;
  const isOpen = conversation?.turns.value.some((turn) => turn === followed.current);
  return (
    <p class="sr-only" role="status">
      {live ? activityOf(live) : isOpen && outcomeOf(followed.current)}
      {waiting > 0 && ` ${t('statusWaiting', { count: waiting })}`}
    </p>
  );
}

function activityOf(turn: Turn): string {
  const tool = turn.run.runningTool.value;
  return tool === undefined ? t('statusGenerating') : t('statusTool', { tool });
}

function outcomeOf(turn: Turn | undefined): string {
  if (!turn) return '';
  const status = turn.status.value;
  const { phase } = turn.run.summary.value;
  if (status === 'refused' || status === 'lost' || phase === 'failed' || phase === 'interrupted') {
    return t('statusFailed');
  }
  if (status === 'unsent' || phase === 'cancelled') return t('statusStopped');
  return phase === 'completed' ? t('statusFinished') : '';
}
