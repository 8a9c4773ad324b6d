import { t } from '../../i18n/studio-text.js';
import { ConfirmDialog } from '../shared/confirm-dialog.js';

/** Asks before a graph is replaced by another of its name. */
export function ReplaceDialog(props: { name: string; replace: () => unknown; close: () => void }) {
  return (
    <ConfirmDialog
      title={t('replaceTitle', { name: props.name })}
      text={t('replaceText')}
      action={t('replace')}
      confirm={props.replace}
      close={props.close}
    />
  );
}
