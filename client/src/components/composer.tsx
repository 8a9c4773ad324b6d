import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import type { Conversation } from '../state/conversation.js';
import { NEW_CHAT } from '../state/drafts.js';
import { useApp } from './app-context.js';
import { Icon } from './icons.js';
import { ImeEnter } from './ime-enter.js';
import { ModelPicker } from './model-picker.js';
import { ServerPicker } from './server-picker.js';

/** The message box. Mounted anew for each conversation, so that each keeps its own draft. */
export function Composer({
  conversation,
  onSend,
}: {
  conversation: Conversation | undefined;
  onSend: () => void;
}) {
  const app = useApp();
  const draftKey = conversation?.id ?? NEW_CHAT;
  const text = app.drafts.of(draftKey);
  const box = useRef<HTMLTextAreaElement>(null);
  const ime = useRef(new ImeEnter());

  const live = conversation?.live.value;
  const loading = conversation?.state.value.kind === 'loading';
  const ready = live === undefined && !loading && app.model.value !== '';
  const canSend = ready && text.value.trim() !== '';

  useEffect(() => {
    // On a touch screen the focus would open the keyboard over the page.
    if (matchMedia('(hover: hover)').matches) box.current?.focus();
  }, []);
  const write = (value: string): void => {
    app.drafts.set(draftKey, value);
  };
  const send = (): void => {
    const prompt = text.peek().trim();
    if (!canSend || prompt === '') return;
    app.drafts.set(draftKey, '');
    app.drafts.flush();
    app.send(prompt);
    onSend();
    box.current?.focus();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={box}
        class="composer-box"
        rows={1}
        aria-label={t('message')}
        placeholder={t('messagePlaceholder')}
        enterkeyhint="send"
        dir="auto"
        value={text}
        onInput={(event) => write(event.currentTarget.value)}
        onCompositionEnd={(event) => ime.current.compositionEnded(event.timeStamp)}
        onKeyDown={(event) => {
          if (!ime.current.sends(event)) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="composer-row">
        <ModelPicker />
        <ServerPicker />
        <span class="composer-space" />
        {live ? (
          <button
            type="button"
            class="round-button stop-button"
            aria-label={t('stop')}
            title={live.stopping.value ? t('stopping') : t('stop')}
            aria-disabled={live.stopping.value}
            onClick={() => void conversation?.stop()}
          >
            <span class="stop-square" aria-hidden="true" />
          </button>
        ) : (
          <button
            type="submit"
            class="round-button send-button"
            aria-label={t('send')}
            title={t('send')}
            disabled={!canSend}
          >
            <Icon name="send" />
          </button>
        )}
      </div>
      {live && text.value.trim() !== '' && <p class="composer-hint">{t('busyHint')}</p>}
    </form>
  );
}
