import { useSignal, type Signal } from '@preact/signals';
import { Fragment } from 'preact';
import { t } from '../i18n/locale.js';
import type { Conversation } from '../state/conversation.js';
import type { Ask, Turn } from '../state/turn.js';
import { useApp } from './app-context.js';
import { Panel } from './panels.js';
import { problemText } from './problem-text.js';
import type { ScrollFollower } from './scroll-follower.js';
import type { TurnActions } from './turn-actions.js';
import { TurnView } from './turn-view.js';
import { WaitingMessage } from './waiting-message.js';

/** Turns that are mounted at first, and that each press of the button adds. */
const PAGE = 20;

interface TurnsViewProps {
  conversation: Conversation;
  scroll: { current: ScrollFollower | null };
  editing: Signal<Turn | undefined>;
}

/** The turns of a conversation, those that wait, and where its history was shortened. */
export function TurnsView({ conversation, scroll, editing }: TurnsViewProps) {
  const mounted = useSignal(PAGE);
  const actionsOf = useTurnActions({ conversation, scroll, editing });
  const waiting = conversation.waiting.value;
  const compacted = conversation.compactions.value.length > 0;
  const turns = conversation.turns.value.filter((turn) => turn.status.value !== 'withdrawn');
  if (turns.length === 0) return <p class="state-note muted">{t('conversationEmpty')}</p>;
  const hidden = Math.max(0, turns.length - mounted.value);
  return (
    <>
      {hidden > 0 && (
        <button
          type="button"
          class="button earlier-button"
          onClick={() => {
            scroll.current?.release();
            mounted.value += PAGE;
          }}
        >
          {t('earlier')}
        </button>
      )}
      {turns.slice(hidden).map((turn, index) => {
        // Another version of a turn takes its place, and the focus stays where it is.
        const key = hidden + index;
        if (waiting.includes(turn)) {
          const isNext = turn === waiting[0];
          return <WaitingMessage key={turn.key} conversation={conversation} turn={turn} isNext={isNext} />;
        }
        return (
          <Fragment key={key}>
            <TurnView actions={actionsOf(turn, turn === turns.at(-1))} />
            {compacted && <Panel is="Compactions" conversation={conversation} turns={turns} after={turn} />}
          </Fragment>
        );
      })}
    </>
  );
}

function useTurnActions({ conversation, scroll, editing }: TurnsViewProps) {
  const { notices, ask } = useApp();
  const blocked = !conversation.idle.value;
  const reason = conversation.live.value ? t('whileAnswering') : '';
  const edited = editing.value;
  const switchTo = async (runId: string): Promise<void> => {
    scroll.current?.hold();
    const problem = await conversation.switchTo(runId);
    scroll.current?.held();
    if (problem) notices.fail(`${t('switchFailed')} ${problemText(problem)}`);
  };
  const withAsk = (act: (ask: Ask) => void): void => {
    const chosen = ask.peek();
    if (!chosen) return;
    act(chosen);
    scroll.current?.follow();
  };
  return (turn: Turn, isLast: boolean): TurnActions => ({
    turn,
    blocked,
    reason,
    editing: turn === edited,
    edit: (on) => (editing.value = on ? turn : undefined),
    sendEdit(prompt) {
      if (!conversation.idle.peek()) return notices.tell(t('whileAnswering'));
      editing.value = undefined;
      return withAsk((chosen) => conversation.edit(turn, prompt, chosen));
    },
    retry: () => withAsk((chosen) => conversation.retry(turn, chosen)),
    // Where a graph goes on is up to it.
    goOn:
      isLast && turn.run.summary.value.mode !== 'graph'
        ? () => withAsk((chosen) => conversation.send(t('continuePrompt'), chosen))
        : undefined,
    switchTo: (runId) => void switchTo(runId),
    onToggle() {
      if (conversation.live.peek() === undefined) scroll.current?.release();
    },
  });
}
