import { t } from '../i18n/locale.js';
import type { Problem } from '../stream/problem.js';

/** What a person reads of a problem: the server's own words where it sent some. */
export function problemText(problem: Problem): string {
  if (problem.detail !== '') return problem.detail;
  if (problem.code === 'network') return t('errorNetwork');
  if (problem.code === 'not_a_stream') return t('errorNotStream');
  return t('errorUnknown');
}
