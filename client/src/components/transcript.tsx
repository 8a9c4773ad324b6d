import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import type { Conversation } from '../state/conversation.js';
import { useApp } from './app-context.js';
import { Icon } from './icons.js';
import { ScrollFollower } from './scroll-follower.js';
import { Failure, Loading } from './states.js';
import { StartScreen } from './start-screen.js';
import { TurnView } from './turn-view.js';

/** Turns that are mounted at first, and that each press of the button adds. */
const PAGE = 20;

export interface TranscriptProps {
  conversation: Conversation | undefined;
  /** Gets what moves the view to the end, for whoever sends. */
  scroll: { current: ScrollFollower | null };
}

/** The scrolling part of the page: the start screen, or a conversation. */
export function Transcript({ conversation, scroll }: TranscriptProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useSignal(true);
  useLayoutEffect(() => {
    if (!scroller.current || !content.current) return undefined;
    const follower = new ScrollFollower(scroller.current, content.current, (now) => (following.value = now));
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
            <Turns conversation={conversation} release={() => scroll.current?.release()} />
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

function Turns({ conversation, release }: { conversation: Conversation; release: () => void }) {
  const { options, router } = useApp();
  const mounted = useSignal(PAGE);
  const state = conversation.state.value;
  const turns = conversation.turns.value;
  const live = conversation.live.value;
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
  if (turns.length === 0) return <p class="state-note muted">{t('conversationEmpty')}</p>;
  const hidden = Math.max(0, turns.length - mounted.value);
  return (
    <>
      {hidden > 0 && (
        <button
          type="button"
          class="button earlier-button"
          onClick={() => {
            release();
            mounted.value += PAGE;
          }}
        >
          {t('earlier')}
        </button>
      )}
      {turns.slice(hidden).map((turn) => (
        <TurnView
          key={turn.key}
          turn={turn}
          canRetry={live === undefined}
          retry={() => conversation.retry(turn, options())}
          onToggle={() => {
            if (live === undefined) release();
          }}
        />
      ))}
    </>
  );
}
