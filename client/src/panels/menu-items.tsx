import { useLayoutEffect } from 'preact/hooks';
import { Glyph } from '../components/icons.js';
import { useApp } from '../components/app-context.js';
import { focusFirstItem, type MenuItemsProps } from '../components/menu-state.js';
import { t } from '../i18n/panel-text.js';
import type { MessageKey } from '../i18n/en.js';
import type { PanelKey } from '../i18n/panels-en.js';
import { remove, restore, setStatus } from './actions.js';
import { keepFocus } from './focus.js';
import { glyphs } from './glyphs.js';
import { exportFile } from './transfer.js';

interface Item {
  icon: keyof typeof glyphs;
  label: MessageKey | PanelKey;
  danger?: boolean;
  /** Why it cannot be done now. */
  reason?: string;
  run: () => void;
}

/** What can be done with a conversation. */
export function MenuItems({ menu, id, place, panel }: MenuItemsProps) {
  const app = useApp();
  const item = app.known.find(id);
  useLayoutEffect(() => {
    // The click that opens the menu is still on its way to the browser.
    const frame = requestAnimationFrame(() => {
      if (!panel.current || !menu.button.current) return;
      putUnder(panel.current, menu.button.current);
      focusFirstItem(panel.current);
    });
    return () => cancelAnimationFrame(frame);
  }, [menu, panel]);
  if (!item) return null;
  const close = (): void => panel.current?.hidePopover();
  const task = (kind: 'rename' | 'tags' | 'erase' | 'compact') => () => {
    menu.task.value = { kind, id };
  };
  const removed = item.status === 'deleted';
  const favorite = item.status === 'favorite';
  const open = app.conversation.value;
  const busy = open?.id === id && !open.idle.value;
  const items: (Item | false)[] = [
    { icon: 'rename', label: 'rename', run: task('rename') },
    !removed && {
      icon: 'star',
      label: favorite ? 'unfavorite' : 'favorite',
      run: () => void setStatus(app, id, favorite ? 'active' : 'favorite'),
    },
    { icon: 'tag', label: 'editTags', run: task('tags') },
    place === 'topbar' && {
      icon: 'compact',
      label: 'compact',
      reason: busy ? t('whileAnswering') : undefined,
      run: task('compact'),
    },
    { icon: 'download', label: 'exportMarkdown', run: () => void exportFile(app, id, 'markdown') },
    { icon: 'download', label: 'exportJson', run: () => void exportFile(app, id, 'json') },
    removed && { icon: 'restore', label: 'restore', run: () => void restore(app, id) },
    !removed && { icon: 'remove', label: 'remove', danger: true, run: () => void remove(app, id) },
    removed && { icon: 'remove', label: 'erase', danger: true, run: task('erase') },
  ];
  return (
    <div
      class="menu-items"
      role="menu"
      aria-label={t('options')}
      onKeyDown={(event) => {
        if (event.key === 'Tab') close();
        step(event);
      }}
    >
      {items.map(
        (one) =>
          one && (
            <button
              key={one.label}
              type="button"
              role="menuitem"
              class={one.danger ? 'menu-item danger' : 'menu-item'}
              tabIndex={-1}
              aria-disabled={one.reason !== undefined}
              title={one.reason}
              onClick={() => {
                if (one.reason !== undefined) return app.notices.tell(one.reason);
                const focus = keepFocus(menu.button.current);
                close();
                one.run();
                return focus();
              }}
            >
              <Glyph path={glyphs[one.icon]} />
              {t(one.label)}
            </button>
          ),
      )}
    </div>
  );
}

/** Arrow keys, Home and End go through the items, a letter to the next one that begins with it (WAI-ARIA menu pattern). */
function step(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.findIndex((one) => one === document.activeElement);
  const next = target(event, items, at);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function target({ key }: KeyboardEvent, items: HTMLElement[], at: number): HTMLElement | undefined {
  switch (key) {
    case 'ArrowDown':
      return items[(at + 1) % items.length];
    case 'ArrowUp':
      return items.at(at - 1);
    case 'Home':
      return items[0];
    case 'End':
      return items.at(-1);
  }
  if (key.length !== 1 || key === ' ') return undefined;
  const rest = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  return rest.find((one) => one.innerText.toLowerCase().startsWith(key.toLowerCase()));
}

/** Below the button, or above it where there is more room. */
function putUnder(panel: HTMLElement, button: HTMLElement): void {
  const box = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height, style } = panel;
  const below = box.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, box.top - height - 4) : below;
  style.insetInlineStart = `${Math.max(8, Math.min(box.right - width, innerWidth - width - 8))}px`;
  style.insetBlockStart = `${top}px`;
}
