import { useSignal, type Signal } from '@preact/signals';
import { useId, useMemo, useRef } from 'preact/hooks';

/** Something that was chosen in a menu and is being done: a form in place of the title, or a dialog. */
export interface MenuTask {
  kind: 'rename' | 'tags' | 'erase' | 'compact';
  id: string;
}

/** One menu for all conversations of a list, or for the one in the top bar. */
export interface ConversationMenu {
  readonly popoverId: string;
  /** The conversation whose menu is open. */
  readonly open: Signal<string | undefined>;
  readonly task: Signal<MenuTask | undefined>;
  readonly button: { current: HTMLElement | null };
}

export function useConversationMenu(): ConversationMenu {
  const popoverId = useId();
  const open = useSignal<string | undefined>(undefined);
  const task = useSignal<MenuTask | undefined>(undefined);
  const button = useRef<HTMLElement | null>(null);
  return useMemo(() => ({ popoverId, open, task, button }), [popoverId, open, task]);
}

export interface MenuItemsProps {
  menu: ConversationMenu;
  id: string;
  place: 'list' | 'topbar';
  panel: { current: HTMLDivElement | null };
}

export function focusFirstItem(panel: HTMLElement | null): void {
  panel?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
}
