import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { useApp } from '../components/app-context.js';
import { Icon } from '../components/icons.js';
import { ImeEnter } from '../components/ime-enter.js';
import { t } from '../i18n/panel-text.js';
import { setTags } from './actions.js';
import { Dialog } from './dialog.js';
import { addTags, LONGEST_TAG, MOST_TAGS } from './tags.js';

export function TagsDialog({ id, close }: { id: string; close: () => void }) {
  const app = useApp();
  const before = app.known.find(id)?.tags ?? [];
  const tags = useSignal<readonly string[]>(before);
  const box = useRef<HTMLInputElement>(null);
  const ime = useMemo(() => new ImeEnter(), []);
  const add = (): void => {
    if (!box.current) return;
    tags.value = addTags(tags.peek(), box.current.value);
    box.current.value = '';
  };
  const remove = (tag: string): void => {
    tags.value = tags.peek().filter((one) => one !== tag);
    box.current?.focus();
  };
  const save = (): void => {
    add();
    const now = tags.peek();
    if (now.join('\n') !== before.join('\n')) void setTags(app, id, now);
    close();
  };
  return (
    <Dialog title={t('tags')} close={close}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <div class="tag-box">
          {tags.value.map((tag) => (
            <span key={tag} class="tag">
              {tag}
              <button type="button" aria-label={t('removeTag', { tag })} onClick={() => remove(tag)}>
                <Icon name="close" />
              </button>
            </span>
          ))}
          <input
            ref={box}
            autofocus
            aria-label={t('addTag')}
            placeholder={t('addTag')}
            maxLength={MOST_TAGS * LONGEST_TAG}
            autocomplete="off"
            enterkeyhint="enter"
            disabled={tags.value.length >= MOST_TAGS}
            onCompositionEnd={(event) => ime.compositionEnded(event.timeStamp)}
            onKeyDown={(event) => {
              const { value } = event.currentTarget;
              const last = tags.peek().at(-1);
              if (event.key === 'Backspace' && value === '' && last !== undefined) remove(last);
              // Enter in the empty box saves, as in any form; the Enter of an input method does neither.
              if (event.key !== 'Enter' || value === '') return;
              event.preventDefault();
              if (ime.sends(event)) add();
            }}
            onInput={(event) => {
              if (!event.isComposing && /[,，、;；]/u.test(event.currentTarget.value)) add();
            }}
          />
        </div>
        <p class="popover-hint">{t('tagsHint', { count: MOST_TAGS, length: LONGEST_TAG })}</p>
        <div class="form-actions">
          <button type="button" class="button" onClick={close}>
            {t('cancel')}
          </button>
          <button type="submit" class="button button-main">
            {t('save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
