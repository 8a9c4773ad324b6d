/** Safari ends a composition just before the Enter that confirmed it. */
const CONFIRM_MS = 50;

/** Tells the Enter that sends from the Enter that confirms what an input method offers. */
export class ImeEnter {
  #compositionEndedAt = -Infinity;

  compositionEnded(timeStamp: number): void {
    this.#compositionEndedAt = timeStamp;
  }

  /** True for a key press that means "send". */
  sends(
    event: Pick<KeyboardEvent, 'key' | 'keyCode' | 'isComposing' | 'shiftKey' | 'altKey' | 'timeStamp'>,
  ): boolean {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return false;
    if (event.isComposing || event.keyCode === 229) return false;
    return event.timeStamp - this.#compositionEndedAt >= CONFIRM_MS;
  }
}
