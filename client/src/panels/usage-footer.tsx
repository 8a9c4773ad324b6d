import { formatNumber } from '../i18n/format.js';
import { t } from '../i18n/panel-text.js';
import type { RunModel } from '../state/run-model.js';

/** Which model answered, and how many tokens it took. */
export function UsageFooter({ run }: { run: RunModel }) {
  const { model, usage } = run.summary.value;
  if (model === '' && !usage) return null;
  return (
    <span class="usage">
      {model !== '' && <span>{model}</span>}
      {usage && (
        <span title={t('usageTitle')}>
          {t('usage', { input: formatNumber(usage.input_tokens), output: formatNumber(usage.output_tokens) })}
          {usage.estimated === true && ` (${t('estimated')})`}
        </span>
      )}
    </span>
  );
}
