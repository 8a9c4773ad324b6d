import { panelsEn } from './panels-en.js';
import { panelsZh } from './panels-zh.js';
import { textsOf } from './part-text.js';

export const t = textsOf({ en: panelsEn, zh: panelsZh });
