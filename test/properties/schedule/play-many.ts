import fc from 'fast-check';
import { play, type Stage } from './play.js';
import { schedule, type Schedule } from './schedule.js';

export interface Dose {
  /** How many schedules. */
  count: number;
  seed: number;
  /** How many are played at once, where the log waits for a network. */
  atOnce: number;
}

const seed = Number(process.env['SCHEDULE_SEED'] ?? Date.now() % 1_000_000_000);
let made: { dose: string; schedules: readonly Schedule[] } | undefined;

/** Making them takes as long as playing them, and every log plays the same ones. */
function schedulesOf({ count, seed }: Dose): readonly Schedule[] {
  const dose = `${count} ${seed}`;
  if (made?.dose !== dose) made = { dose, schedules: fc.sample(schedule, { numRuns: count, seed }) };
  return made.schedules;
}

/** `SCHEDULES=10000 SCHEDULE_SEED=7 npm test …` for more of them, or for the same again. */
export function doseOf(atOnce: number): Dose {
  return { count: Number(process.env['SCHEDULES'] ?? 1000), seed, atOnce };
}

/** Plays random schedules. Throws the smallest schedule that still fails, with what replays it. */
export async function playMany(stage: Stage, { count, seed, atOnce }: Dose): Promise<void> {
  const schedules = schedulesOf({ count, seed, atOnce });
  let next = 0;
  let failed: { index: number; error: unknown } | undefined;
  const playOn = async () => {
    while (next < count && failed === undefined) {
      const index = next;
      next += 1;
      await play(stage, schedules[index]!).catch((error: unknown) => {
        if (!failed || index < failed.index) failed = { index, error };
      });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, playOn));
  if (failed === undefined) return;
  // The same again through fast-check, which makes it small.
  const property = fc.asyncProperty(schedule, (one) => play(stage, one));
  await fc.assert(property, { seed, path: String(failed.index), numRuns: failed.index + 1 });
  throw new Error(`schedule ${failed.index} of seed ${seed} failed among others, and not alone`, {
    cause: failed.error,
  });
}
