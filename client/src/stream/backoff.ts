const BASE_MS = 500;
const CAP_MS = 30_000;

/**
 * The wait before the next attempt, given how many in a row brought nothing new. The first retry is instant; then full
 * jitter from 0.5 s up to 30 s, so that a thousand readers that lose one server do not return together
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export function backoff(failures: number, random: () => number): number {
  if (failures <= 1) return 0;
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** (failures - 2));
}
