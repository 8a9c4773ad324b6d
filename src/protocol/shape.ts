/**
 * Checks of values that come from outside, by hand: the browser reads frames with these and never loads zod. A spec holds
 * them to the zod schemas of run-event.ts.
 */
export type Check<T> = (value: unknown) => value is T;

/** One check for each member of T; a member that T makes optional is wrapped in `optional`. */
export type Members<T> = { readonly [K in keyof T]-?: Check<T[K]> };

export const text: Check<string> = (value) => typeof value === 'string';
export const id: Check<string> = (value): value is string => typeof value === 'string' && value !== '';
export const flag: Check<boolean> = (value) => typeof value === 'boolean';
export const count: Check<number> = (value): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
export const ordinal: Check<number> = (value): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 1;
export const finite: Check<number> = (value): value is number => Number.isFinite(value);

/** Any object that is not null and not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

/** One of the keys of `values`; an object, so that the compiler demands every member of the union. */
export function oneOf<T extends string>(values: Record<T, true>): Check<T> {
  return (value): value is T => typeof value === 'string' && Object.hasOwn(values, value);
}

export function listOf<T>(check: Check<T>): Check<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(check);
}

/** Members that `members` does not name are left alone. */
export function objectOf<T>(members: Members<T>): Check<T> {
  const checks = Object.entries<Check<unknown>>(members);
  return (value): value is T => isRecord(value) && checks.every(([name, check]) => check(value[name]));
}
