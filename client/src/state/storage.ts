/** The part of `localStorage` that is used here. */
export interface KeyValueStorage {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
}

const PREFIX = 'millrace.';

/**
 * Browsers forbid storage in some modes and limit its size, and what is kept here is a convenience: a failure is the same
 * as an empty storage.
 */
export const browserStorage: KeyValueStorage = {
  get(key) {
    try {
      return localStorage.getItem(PREFIX + key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(PREFIX + key, value);
    } catch {
      // Full or forbidden.
    }
  },
  remove(key) {
    try {
      localStorage.removeItem(PREFIX + key);
    } catch {
      // Forbidden.
    }
  },
};
