import { useApp } from '../components/app-context.js';
import { Icon } from '../components/icons.js';
import { t } from '../i18n/panel-text.js';
import type { Conversation } from '../state/conversation.js';
import type { Turn } from '../state/turn.js';

/** How a message stands that waits until the answer above it has ended, and what can be done with it. */
export function WaitingActions({
  conversation,
  turn,
  isNext,
}: {
  conversation: Conversation;
  turn: Turn;
  /** The first of those that wait. */
  isNext: boolean;
}) {
  const { notices, ask } = useApp();
  const stopping = turn.stopping.value;
  const takeBack = async (): Promise<void> => {
    const outcome = await conversation.withdraw(turn);
    if (outcome === 'failed') notices.fail(t('withdrawFailed'));
    if (outcome === 'dropped') {
      notices.tell(t('withdrawn'), {
        label: t('undo'),
        run() {
          const chosen = ask.peek();
          if (chosen) conversation.send(turn.prompt, chosen);
        },
      });
    }
  };
  return (
    <div class="waiting-row">
      <span class="waiting-state">
        <Icon name="clock" /> {t(turn.status.value === 'sending' ? 'sending' : 'queued')}
      </span>
      {isNext && (
        <button
          type="button"
          class="link-button"
          title={t('sendNowTitle')}
          onClick={() => void conversation.stop()}
        >
          {t('sendNow')}
        </button>
      )}
      <button type="button" class="link-button" aria-disabled={stopping} onClick={() => void takeBack()}>
        {t('withdraw')}
      </button>
    </div>
  );
}
