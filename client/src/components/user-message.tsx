import { useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import { ActionButton } from './action-button.js';
import { CopyButton } from './copy-button.js';
import { Panel } from './panels.js';
import type { TurnActions } from './turn-actions.js';

/** What the user said, with its other versions; or the form in which it is changed. */
export function UserMessage({ actions }: { actions: TurnActions }) {
  const { turn, blocked, reason } = actions;
  const place = useRef<HTMLElement>(null);
  if (actions.editing) {
    return (
      <article ref={place} class="message message-user" aria-label={t('edit')}>
        <Panel
          is="EditForm"
          text={turn.prompt}
          place={place}
          send={actions.sendEdit}
          cancel={() => actions.edit(false)}
        />
      </article>
    );
  }
  return (
    <article ref={place} class="message message-user" aria-label={t('yourMessage')}>
      <div class="bubble" dir="auto">
        {turn.prompt}
      </div>
      <div class="message-actions">
        <ActionButton
          icon="edit"
          label={t('edit')}
          disabled={blocked}
          reason={reason}
          onClick={() => actions.edit(true)}
        />
        <CopyButton label={t('copyMessage')} text={() => turn.prompt} />
        <Versions actions={actions} />
      </div>
    </article>
  );
}

/** Shown only where there are others. What the server does not have yet, or has refused, is one more than it knows. */
function Versions({ actions }: { actions: TurnActions }) {
  const { branches } = actions.turn.place.value;
  const isStored = branches.includes(actions.turn.runId ?? '');
  return branches.length + (isStored ? 0 : 1) > 1 ? <Panel is="BranchSwitch" actions={actions} /> : null;
}
