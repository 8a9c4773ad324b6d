/** Whether a JSON value has at most this many levels of objects and arrays. What is deeper overflows others' recursion. */
export function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((one) => isWithinDepth(one, levels - 1));
}
