import { useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import { ActionButton } from './action-button.js';
import { CopyButton } from './copy-button.js';
import { usePanels } from './panels.js';
import type { TurnActions } from './turn-actions.js';

/** What the user said, with its other versions; or the form in which it is changed. */
export function UserMessage({ actions }: { actions: TurnActions }) {
  const { turn, blocked, reason } = actions;
  const place = useRef<HTMLElement>(null);
  if (actions.editing) {
    return (
      <article ref={place} class="message message-user" aria-label={t('edit')}>
        <Editor actions={actions} place={place} />
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
  return branches.length + (isStored ? 0 : 1) > 1 ? <Switch actions={actions} /> : null;
}

function Switch({ actions }: { actions: TurnActions }) {
  const panels = usePanels();
  return panels ? <panels.BranchSwitch actions={actions} /> : null;
}

function Editor({ actions, place }: { actions: TurnActions; place: { current: HTMLElement | null } }) {
  const panels = usePanels();
  return panels ? (
    <panels.EditForm
      text={actions.turn.prompt}
      place={place}
      send={actions.sendEdit}
      cancel={() => actions.edit(false)}
    />
  ) : null;
}
