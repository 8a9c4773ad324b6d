import { formatWhen } from '../i18n/format.js';
import { t } from '../i18n/panel-text.js';
import type { Compaction } from '../state/compaction.js';
import type { Conversation } from '../state/conversation.js';
import type { Turn } from '../state/turn.js';

/** Says, below the last turn that it saw, that the history was shortened. */
export function Compactions({
  conversation,
  turns,
  after,
}: {
  conversation: Conversation;
  turns: readonly Turn[];
  after: Turn;
}) {
  const here = conversation.compactions.value.filter(
    ({ round }) =>
      turns.findLast((turn) => turn.place.value.round > 0 && turn.place.value.round <= round) === after,
  );
  return here.map((compaction) => (
    <p key={compaction.ts} class="compaction">
      <span>
        {textOf(compaction)} · {formatWhen(compaction.ts)}
      </span>
    </p>
  ));
}

function textOf({
  kind,
  messagesBefore: before,
  messagesAfter: after,
  summarized: count,
}: Compaction): string {
  return kind === 'brutal' ? t('compactedBrutal', { before, after }) : t('compactedPrecise', { count });
}
