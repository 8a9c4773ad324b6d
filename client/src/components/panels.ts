import { later } from './later.js';

/** Menus, dialogs, forms and what they do. */
export const {
  load: loadPanels,
  withPart: withPanels,
  Piece: Panel,
} = later(() => import('../panels/index.js'));
