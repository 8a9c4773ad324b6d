/**
 * Makes one call of equal calls of one turn: the readers of a run wake together and ask the same. The call is made after all of
 * them have asked, so that each gets an answer from after its question, and joins no call that is on its way.
 */
export class SharedCalls {
  private readonly waiting = new Map<string, Promise<unknown>>();

  /** Calls of one key must give the same type. */
  share<T>(key: string, call: () => Promise<T>): Promise<T> {
    const joined = this.waiting.get(key);
    if (joined) return joined as Promise<T>;
    const made = new Promise<T>((resolve) => {
      process.nextTick(() => {
        this.waiting.delete(key);
        resolve(call());
      });
    });
    this.waiting.set(key, made);
    return made;
  }
}
