import { t } from '../i18n/locale.js';
import type { Conversation } from '../state/conversation.js';
import type { Turn } from '../state/turn.js';
import { Panel } from './panels.js';

/** A message that waits until the answer above it has ended. */
export function WaitingMessage(props: {
  conversation: Conversation;
  turn: Turn;
  /** The first of those that wait. */
  isNext: boolean;
}) {
  return (
    <article class="message message-user message-waiting" aria-label={t('waitingMessage')}>
      <div class="bubble" dir="auto">
        {props.turn.prompt}
      </div>
      <Panel is="WaitingActions" {...props} />
    </article>
  );
}
