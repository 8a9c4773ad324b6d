/** Unicode tags: invisible, and read by models as the ASCII that they mirror (Unicode 16, §23.9). */
const TAG = /[\u{E0000}-\u{E007F}]/u;
/** The flags of England, Scotland, Wales and the like: the one place where tags are meant (UTS #51, emoji tag sequences). */
const FLAG = /\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}/gu;

/** True when a text says something to the model that the person who pasted it cannot see. */
export function hasHiddenCharacters(text: string): boolean {
  return TAG.test(text) && TAG.test(text.replace(FLAG, ''));
}
