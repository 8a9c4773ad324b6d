/** Runs at once; what it throws becomes a rejection. */
export function settle<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => resolve(run()));
}
