import { ActionButton } from '../components/action-button.js';
import type { TurnActions } from '../components/turn-actions.js';
import { t } from '../i18n/panel-text.js';

/** Which of the turns that follow the same one is shown, and the way to the others. */
export function BranchSwitch({ actions }: { actions: TurnActions }) {
  const { turn, blocked, reason, switchTo } = actions;
  const { branches } = turn.place.value;
  const found = branches.indexOf(turn.runId ?? '');
  const at = found < 0 ? branches.length : found;
  const count = Math.max(branches.length, at + 1);
  const go = (to: number): void => {
    const runId = branches[to];
    if (runId !== undefined) switchTo(runId);
  };
  return (
    <div class="branch-switch" role="group" aria-label={t('versions')}>
      <ActionButton
        icon="back"
        label={t('previousVersion')}
        disabled={blocked || at === 0}
        reason={blocked ? reason : ''}
        onClick={() => go(at - 1)}
      />
      <span aria-live="polite">
        <span aria-hidden="true">{`${at + 1} / ${count}`}</span>
        <span class="sr-only">{t('versionShown', { index: at + 1, count })}</span>
      </span>
      <ActionButton
        icon="chevron"
        label={t('nextVersion')}
        disabled={blocked || at >= branches.length - 1}
        reason={blocked ? reason : ''}
        onClick={() => go(at + 1)}
      />
    </div>
  );
}
