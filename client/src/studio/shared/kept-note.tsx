import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from '../../components/icons.js';
import { t } from '../../i18n/studio-text.js';
import type { Draft } from './draft.js';

/**
 * Says, when something is opened, that it begins with what was not saved before.
 *
 * @param overtaken what is said when it was changed elsewhere since
 */
export function KeptNote<Config>({ draft, overtaken }: { draft: Draft<Config>; overtaken: string }) {
  const told = useSignal(draft.dirty.peek());
  useEffect(() => void (told.value = draft.dirty.peek()), [draft, told]);
  if (!told.value || !draft.dirty.value) return null;
  return (
    <section class="note note-plain">
      <p class="note-title">
        <Icon name="clock" /> <span>{t('unsavedKept')}</span>
      </p>
      {draft.overtaken && <p>{overtaken}</p>}
      <div class="note-actions">
        <button type="button" class="button" onClick={() => draft.discard()}>
          {t('discard')}
        </button>
      </div>
    </section>
  );
}
