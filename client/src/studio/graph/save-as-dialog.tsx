import { useSignal } from '@preact/signals';
import { t } from '../../i18n/studio-text.js';
import { Dialog } from '../../panels/dialog.js';
import { TextField } from '../shared/fields.js';

/** Asks under which name a graph is saved as another. */
export function SaveAsDialog(props: { name: string; save: (name: string) => unknown; close: () => void }) {
  const name = useSignal(`${props.name} 2`);
  return (
    <Dialog title={t('saveAsTitle')} close={props.close}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.peek().trim() === '') return;
          props.close();
          void props.save(name.peek().trim());
        }}
      >
        <TextField
          label={t('graphName')}
          value={name.value}
          maxLength={128}
          change={(value) => (name.value = value)}
        />
        <div class="form-actions">
          <button type="button" class="button" onClick={props.close}>
            {t('cancel')}
          </button>
          <button type="submit" class="button button-main" disabled={name.value.trim() === ''}>
            {t('save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
