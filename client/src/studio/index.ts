/** Graphs and agents: one file that is loaded when it is first needed, because who needs one of these soon needs another. */
export { Picker } from './picker.js';
export { RunView } from './run/run-view.js';
export { Start } from './start.js';
export { Workshop } from './workshop.js';
