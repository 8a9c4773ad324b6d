import { ImeEnter } from '../components/ime-enter.js';

/** What Enter and Escape mean in a box where a text is changed in place; input methods keep theirs. */
export function entryKeys(enter: () => void, escape: () => void) {
  const ime = new ImeEnter();
  return {
    onCompositionEnd: (event: CompositionEvent): void => ime.compositionEnded(event.timeStamp),
    onKeyDown(event: KeyboardEvent): void {
      if (event.key === 'Escape' && !event.isComposing && event.keyCode !== 229) {
        // This Escape does not stop an answer.
        event.preventDefault();
        event.stopPropagation();
        escape();
      } else if (ime.sends(event)) {
        event.preventDefault();
        enter();
      }
    },
  };
}
