import { useSignal, type Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import type { Conversation } from '../state/conversation.js';
import type { Turn } from '../state/turn.js';
import { useApp } from './app-context.js';
import { Icon } from './icons.js';
import { ScrollFollower } from './scroll-follower.js';
import { Failure, Loading } from './states.js';
import { StartScreen } from './start-screen.js';
import { TurnsView } from './turns-view.js';

export interface TranscriptProps {
  conversation: Conversation | undefined;
  /** Gets what moves the view to the end, for whoever sends. */
  scroll: { current: ScrollFollower | null };
  /** The turn whose prompt is being changed. */
  editing: Signal<Turn | undefined>;
}

/** The scrolling part of the page: the start screen, or a conversation. */
export function Transcript({ conversation, scroll, editing }: TranscriptProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useSignal(true);
  useLayoutEffect(() => {
    if (!scroller.current || !content.current) return undefined;
    // The start screen begins at its top.
    const follower = new ScrollFollower(
      scroller.current,
      content.current,
      (now) => (following.value = now),
      conversation !== undefined,
    );
    scroll.current = follower;
    return () => {
      follower.dispose();
      scroll.current = null;
    };
  }, [following, scroll]);

  return (
    <div class="transcript-frame">
      <div
        ref={scroller}
        class="transcript"
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t('transcript')}
      >
        <div ref={content} class="transcript-content">
          {conversation ? (
            <Turns conversation={conversation} scroll={scroll} editing={editing} />
          ) : (
            <StartScreen />
          )}
        </div>
      </div>
      {!following.value && conversation && (
        <button
          type="button"
          class="round-button jump-button"
          aria-label={t('jumpToLatest')}
          title={t('jumpToLatest')}
          onClick={() => scroll.current?.follow()}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function Turns({
  conversation,
  scroll,
  editing,
}: Omit<TranscriptProps, 'conversation'> & { conversation: Conversation }) {
  const { router } = useApp();
  const state = conversation.state.value;
  if (state.kind === 'loading') return <Loading text={t('loadingConversation')} />;
  if (state.kind === 'failed') {
    return (
      <Failure
        title={t('conversationFailed')}
        problem={state.problem}
        retry={() => void conversation.load()}
      />
    );
  }
  if (state.kind === 'missing') {
    return (
      <div class="state-note">
        <p>{t('conversationMissing')}</p>
        <p class="muted">{t('conversationMissingText')}</p>
        <button type="button" class="button" onClick={() => router.open(undefined)}>
          {t('newChat')}
        </button>
      </div>
    );
  }
  return <TurnsView conversation={conversation} scroll={scroll} editing={editing} />;
}
