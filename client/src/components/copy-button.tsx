import { useSignal } from '@preact/signals';
import { t } from '../i18n/locale.js';
import { copyText } from '../markdown/clipboard.js';
import { Icon } from './icons.js';

const CONFIRM_MS = 1_600;

export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    if (!(await copyText(text()))) return;
    copied.value = true;
    setTimeout(() => (copied.value = false), CONFIRM_MS);
  };
  const shown = copied.value ? t('copied') : label;
  return (
    <button type="button" class="icon-button" aria-label={shown} title={shown} onClick={() => void copy()}>
      <Icon name={copied.value ? 'check' : 'copy'} />
    </button>
  );
}
