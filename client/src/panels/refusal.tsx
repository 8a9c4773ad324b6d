import { Icon } from '../components/icons.js';
import { t } from '../i18n/panel-text.js';
import { Lines } from '../markdown/index.js';
import type { LinesBlock } from '../state/text-block.js';

export function Refusal({ block }: { block: LinesBlock }) {
  return (
    <section class="block note note-refusal">
      <p class="note-title">
        <Icon name="warning" /> {t('refusal')}
      </p>
      <div dir="auto">
        <Lines document={block.document} />
      </div>
    </section>
  );
}
