import { formatNumber } from '../i18n/format.js';
import { t } from '../i18n/panel-text.js';
import type { ToolView } from '../state/tool-block.js';

/** How far a tool has come. */
export function Progress({ progress }: { progress: NonNullable<ToolView['progress']> }) {
  const { progress: value, total, message } = progress;
  const done = formatNumber(value);
  const label = total === undefined ? done : t('progress', { done, total: formatNumber(total) });
  return (
    <p class="tool-progress">
      <progress value={total === undefined ? undefined : value} max={total} aria-label={label} />
      <span>
        {label}
        {message !== undefined && ` · ${message}`}
      </span>
    </p>
  );
}
