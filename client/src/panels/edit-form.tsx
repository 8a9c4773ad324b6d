import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { t } from '../i18n/panel-text.js';
import { entryKeys } from './text-entry.js';

/**
 * A message in a box, in its place. Enter sends, Escape leaves it as it was.
 *
 * @param place what holds the form, and afterwards the message again, whose button then gets the focus
 */
export function EditForm({
  text,
  place,
  send,
  cancel,
}: {
  text: string;
  place: { current: HTMLElement | null };
  send: (text: string) => void;
  cancel: () => void;
}) {
  const box = useRef<HTMLTextAreaElement>(null);
  const written = useSignal(text);
  const blank = written.value.trim() === '';
  const { keys, sendWritten, leave } = useMemo(() => {
    const sendWritten = (): void => {
      const prompt = written.peek().trim();
      if (prompt !== '') send(prompt);
    };
    const leave = (): void => {
      cancel();
      setTimeout(() => place.current?.querySelector<HTMLElement>('.message-actions > button')?.focus());
    };
    return { keys: entryKeys(sendWritten, leave), sendWritten, leave };
    // The form is about one message, from its beginning to its end.
  }, []);
  useLayoutEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(text.length, text.length);
    box.current?.scrollIntoView({ block: 'nearest' });
  }, [text]);
  return (
    <form
      class="edit-form"
      onSubmit={(event) => {
        event.preventDefault();
        sendWritten();
      }}
    >
      <textarea
        ref={box}
        class="edit-box"
        rows={1}
        aria-label={t('edit')}
        enterkeyhint="send"
        dir="auto"
        defaultValue={text}
        onInput={(event) => (written.value = event.currentTarget.value)}
        {...keys}
      />
      <div class="form-actions">
        <button type="button" class="button" onClick={leave}>
          {t('cancel')}
        </button>
        <button type="submit" class="button button-main" disabled={blank}>
          {t('editSend')}
        </button>
      </div>
    </form>
  );
}
