import { later } from './later.js';

/** Menus, dialogs, forms and what they do; and what stands under an answer that has ended. */
export const {
  load: loadPanels,
  withPart: withPanels,
  Piece: Panel,
} = later(() => import('../panels/index.js'));
