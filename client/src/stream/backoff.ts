const BASE_MS = 500;
/** The longest wait of the first attempts, which take about half a minute: an outage of seconds is left within as many of its end. */
const SOON_MS = 5000;
const SOON_ATTEMPTS = 12;
const CAP_MS = 30_000;

/**
 * The wait before the next attempt, given how many in a row brought nothing new. The first retry is instant; then full
 * jitter from 0.5 s up to 5 s, later up to 30 s, so that a thousand readers that lose one server do not return together
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export function backoff(failures: number, random: () => number): number {
  if (failures <= 1) return 0;
  const cap = failures <= SOON_ATTEMPTS ? SOON_MS : CAP_MS;
  return random() * Math.min(cap, BASE_MS * 2 ** (failures - 2));
}
