import { t } from '../i18n/locale.js';
import type { Turn } from '../state/turn.js';
import { useApp } from './app-context.js';
import { Spinner } from './icons.js';

/** Says that the connection is gone. It fades in after two seconds (layout.css), so that a quick return goes unseen. */
export function ConnectionChip({ turn }: { turn: Turn | undefined }) {
  const { online } = useApp();
  const connection = turn?.connection.value;
  const attempt = connection === undefined || connection.kind === 'open' ? 0 : connection.attempt;
  if (!online.value && turn) return <p class="chip chip-warning">{t('offline')}</p>;
  if (attempt === 0) return null;
  return (
    <p class="chip">
      <Spinner /> {t('reconnecting', { count: attempt })}
    </p>
  );
}
