import { t } from '../../i18n/studio-text.js';
import type { Choice } from './fields.js';

/** Nothing, what there is, and what is chosen although it is not there. */
export function choicesOf(names: readonly string[], chosen: string | null, nothing: string): Choice[] {
  const gone = chosen !== null && !names.includes(chosen);
  return [
    { value: '', label: nothing },
    ...names.map((name) => ({ value: name, label: name })),
    ...(gone ? [{ value: chosen, label: t('modelGone', { name: chosen }) }] : []),
  ];
}
