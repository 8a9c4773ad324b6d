import type { MenuTask } from '../components/menu-state.js';
import { CompactDialog } from './compact-dialog.js';
import { EraseDialog } from './erase-dialog.js';
import { TagsDialog } from './tags-dialog.js';

/** The dialog in which something that was chosen in a menu is done. */
export function TaskDialog({ task, close }: { task: MenuTask; close: () => void }) {
  switch (task.kind) {
    case 'tags':
      return <TagsDialog id={task.id} close={close} />;
    case 'erase':
      return <EraseDialog id={task.id} close={close} />;
    case 'compact':
      return <CompactDialog id={task.id} close={close} />;
    case 'rename':
      return null;
  }
}
