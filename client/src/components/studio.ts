import { later } from './later.js';

/** Graphs and agents: their lists, forms, and runs. */
export const { Piece: Studio } = later(() => import('../studio/index.js'));
