import { useSignal } from '@preact/signals';
import { Spinner } from '../../components/icons.js';
import { t } from '../../i18n/studio-text.js';
import { Dialog } from '../../panels/dialog.js';

/** Asks before something that is not easily taken back. It closes when that is done. */
export function ConfirmDialog(props: {
  title: string;
  text: string;
  action: string;
  confirm: () => unknown;
  close: () => void;
}) {
  const working = useSignal(false);
  const confirm = async (): Promise<void> => {
    if (working.peek()) return;
    working.value = true;
    await props.confirm();
    props.close();
  };
  return (
    <Dialog title={props.title} close={props.close}>
      <p>{props.text}</p>
      <div class="form-actions">
        <button type="button" class="button" autofocus onClick={props.close}>
          {t('cancel')}
        </button>
        <button
          type="button"
          class="button button-danger"
          aria-disabled={working.value}
          onClick={() => void confirm()}
        >
          {working.value && <Spinner />} {props.action}
        </button>
      </div>
    </Dialog>
  );
}
