/** The deltas of the scripted upstream, in turn: 2 to 8 characters, some of them Chinese. */
export const WORDS = [
  'stream',
  'of ',
  'water',
  ' turns ',
  'the ',
  'wheel,',
  ' steady',
  ' and ',
  'slow; ',
  '水流',
  '不息。',
];

/** The text that the upstream sends in `count` chunks. */
export function expectedText(count) {
  let text = '';
  for (let at = 0; at < count; at += 1) text += WORDS[at % WORDS.length];
  return text;
}
