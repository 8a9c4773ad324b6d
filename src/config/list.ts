import { z } from 'zod';

/** A setting that is a comma-separated list, empty by default. `check` throws an Error that says what is wrong with an entry. */
export function listOf(check: (entry: string) => unknown) {
  return z
    .string()
    .default('')
    .transform((text, context): readonly string[] => {
      const entries = text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '');
      for (const entry of entries) {
        try {
          check(entry);
        } catch (error) {
          context.addIssue({ code: 'custom', message: (error as Error).message });
        }
      }
      return entries;
    });
}
