import { t } from '../i18n/locale.js';
import type { Problem } from '../stream/problem.js';
import { problemText } from './problem-text.js';
import { Icon, Spinner } from './icons.js';

export function Loading({ text }: { text: string }) {
  return (
    <p class="state-note state-loading">
      <Spinner /> {text}
    </p>
  );
}

export function Failure({ title, problem, retry }: { title: string; problem: Problem; retry: () => void }) {
  return (
    <div class="state-note" role="alert">
      <p>
        <Icon name="failed" /> {title}
      </p>
      <p class="muted">{problemText(problem)}</p>
      <button type="button" class="button" onClick={retry}>
        {t('tryAgain')}
      </button>
    </div>
  );
}
