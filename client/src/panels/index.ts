/** What is loaded when it is first needed: one file, because who needs one of these soon needs another. */
export { BranchSwitch } from './branch-switch.js';
export { Compactions } from './compactions.js';
export { EditForm } from './edit-form.js';
export { EndNote } from './end-note.js';
export { MenuItems } from './menu-items.js';
export { Progress } from './progress.js';
export { Refusal } from './refusal.js';
export { RemovedChip } from './removed-chip.js';
export { RenameForm } from './rename-form.js';
export { goToSearch } from './search-shortcut.js';
export { ServerPanel } from './server-panel.js';
export { SettingsPanel } from './settings-panel.js';
export { TaskDialog } from './task-dialog.js';
export { UsageFooter } from './usage-footer.js';
export { setStatus } from './actions.js';
export { WaitingActions } from './waiting-actions.js';
