import { useRef } from 'preact/hooks';
import { t } from '../i18n/locale.js';
import { Icon } from './icons.js';
import { focusFirstItem, type ConversationMenu } from './menu-state.js';
import { Panel } from './panels.js';

export function MenuButton(props: { menu: ConversationMenu; id: string; label: string; tabIndex?: number }) {
  const { menu, id, label } = props;
  return (
    <button
      type="button"
      class="icon-button menu-button"
      tabIndex={props.tabIndex}
      aria-label={label}
      title={t('options')}
      aria-haspopup="menu"
      aria-expanded={menu.open.value === id}
      popovertarget={menu.popoverId}
      onClick={(event) => {
        const wasOpen = menu.open.peek();
        menu.button.current = event.currentTarget;
        menu.open.value = id;
        // The browser would close the menu that another button has opened.
        if (wasOpen !== undefined && wasOpen !== id) event.preventDefault();
      }}
    >
      <Icon name="more" />
    </button>
  );
}

/** Where the menu and the dialogs that it opens are shown: a modal dialog reaches only what is inside of it. */
export function ConversationMenuHost({ menu, place }: { menu: ConversationMenu; place: 'list' | 'topbar' }) {
  const panel = useRef<HTMLDivElement>(null);
  const id = menu.open.value;
  const task = menu.task.value;
  return (
    <>
      <div
        ref={panel}
        id={menu.popoverId}
        class="menu"
        popover="auto"
        onToggle={({ newState, oldState }) => {
          if (newState === 'closed') menu.open.value = undefined;
          // Closed and opened again at once is one event, and the items have stayed.
          else if (oldState === 'open') focusFirstItem(panel.current);
        }}
      >
        {id !== undefined && (
          <Panel is="MenuItems" key={id} menu={menu} id={id} place={place} panel={panel} />
        )}
      </div>
      {task && task.kind !== 'rename' && (
        <Panel is="TaskDialog" task={task} close={() => (menu.task.value = undefined)} />
      )}
    </>
  );
}

/** @param place what holds the title, and its box while it is changed */
export function Renaming({
  menu,
  ...props
}: {
  menu: ConversationMenu;
  id: string;
  place: { current: HTMLElement | null };
}) {
  return <Panel is="RenameForm" {...props} done={() => (menu.task.value = undefined)} />;
}
