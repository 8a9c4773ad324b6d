import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useApp } from '../components/app-context.js';
import { t } from '../i18n/panel-text.js';
import { rename } from './actions.js';
import { entryKeys } from './text-entry.js';

/** As the server counts: characters, not halves of them. */
const LONGEST = 100;

/**
 * The title in a box. Enter and leaving the box save, Escape does not.
 *
 * @param place what holds the form, and afterwards the title again, which then gets the focus
 */
export function RenameForm({
  id,
  place,
  done,
}: {
  id: string;
  place: { current: HTMLElement | null };
  done: () => void;
}) {
  const app = useApp();
  const box = useRef<HTMLInputElement>(null);
  const before = app.known.find(id)?.title ?? '';
  const keys = useMemo(() => {
    let ended = false;
    const end = (save: boolean): void => {
      if (ended) return;
      ended = true;
      const title = [...(box.current?.value.trim() ?? '')].slice(0, LONGEST).join('');
      if (save && title !== '' && title !== before) void rename(app, id, title);
      done();
    };
    const endByKey = (save: boolean): void => {
      const holder = place.current?.parentElement;
      const inList = place.current?.dataset['conversation'] !== undefined;
      end(save);
      setTimeout(() => {
        const row = inList
          ? holder?.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"] a`)
          : holder?.querySelector<HTMLElement>('.title-button');
        row?.focus();
      });
    };
    return {
      ...entryKeys(
        () => endByKey(true),
        () => endByKey(false),
      ),
      onBlur: () => end(true),
    };
    // The form is about one title, from its beginning to its end.
  }, []);
  useLayoutEffect(() => {
    // The menu gives the focus back to its button first.
    const timer = setTimeout(() => box.current?.select());
    return () => clearTimeout(timer);
  }, []);
  return (
    <input
      ref={box}
      class="rename-box"
      aria-label={t('title')}
      defaultValue={before}
      maxLength={2 * LONGEST}
      dir="auto"
      enterkeyhint="done"
      autocomplete="off"
      {...keys}
    />
  );
}
