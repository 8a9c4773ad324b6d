import { textsOf } from './part-text.js';
import { studioEn } from './studio-en.js';
import { studioZh } from './studio-zh.js';

export const t = textsOf({ en: studioEn, zh: studioZh });
