import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import type { Conversation } from '../state/conversation.js';
import { NEW_CHAT } from '../state/drafts.js';
import { useApp } from './app-context.js';
import { Icon } from './icons.js';
import { ImeEnter } from './ime-enter.js';
import { ModeSwitch } from './mode-switch.js';
import { ModelPicker } from './model-picker.js';
import { Studio } from './studio.js';
import { ServerPicker } from './server-picker.js';
import { stopAnswer } from './stop-answer.js';

/** The message box. Mounted anew for each conversation, so that each keeps its own draft. */
export function Composer({
  conversation,
  onSend,
  editLast,
}: {
  conversation: Conversation | undefined;
  onSend: () => void;
  editLast: () => void;
}) {
  const app = useApp();
  const draftKey = conversation?.id ?? NEW_CHAT;
  const text = app.drafts.of(draftKey);
  const box = useRef<HTMLTextAreaElement>(null);
  const ime = useRef(new ImeEnter());

  const live = conversation?.live.value;
  const loading = conversation?.state.value.kind === 'loading';
  const written = text.value.trim() !== '';
  const canSend = !loading && app.ask.value !== undefined && written;
  const waiting = conversation?.waiting.value.length ?? 0;

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
          if (event.key === 'ArrowUp' && text.peek() === '' && !isModified(event)) {
            event.preventDefault();
            editLast();
          }
          if (!ime.current.sends(event)) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="composer-row">
        {!conversation && <ModeSwitch />}
        {app.mode.value === 'chat' ? (
          <>
            <ModelPicker />
            <ServerPicker />
          </>
        ) : (
          <Studio is="Picker" />
        )}
        <span class="composer-space" />
        {live && (
          <button
            type="button"
            class="round-button stop-button"
            aria-label={t('stop')}
            title={t(live.stopping.value ? 'stopping' : waiting > 0 ? 'stopOnly' : 'stop')}
            aria-disabled={live.stopping.value}
            onClick={() => stopAnswer(app)}
          >
            <span class="stop-square" aria-hidden="true" />
          </button>
        )}
        {(!live || written) && (
          <button
            type="submit"
            class="round-button send-button"
            aria-label={t(live ? 'queueMessage' : 'send')}
            title={t(live ? 'queueMessage' : 'send')}
            disabled={!canSend}
          >
            <Icon name="send" />
          </button>
        )}
      </div>
      {live && written && <p class="composer-hint">{t('queueHint')}</p>}
    </form>
  );
}

function isModified({ shiftKey, altKey, ctrlKey, metaKey, isComposing }: KeyboardEvent): boolean {
  return shiftKey || altKey || ctrlKey || metaKey || isComposing;
}
