import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { missingRedis } from '../../src/run/log/redis/testing/redis-process.js';
import { Random } from './random.js';

const RESULTS = resolve(import.meta.dirname, '../../test-results/chaos');

/** `npm run chaos` sets these (scripts/chaos.js); without them a test takes its bounded dose. */
const { CHAOS_SEED, CHAOS_SECONDS, CHAOS_ROUNDS, CHAOS_ONLY } = process.env;
/** Whether the run is a long one, of a machine that has nothing else to do. */
export const isLong = CHAOS_SECONDS !== undefined;
const seed = CHAOS_SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(CHAOS_SEED);

const LIMIT_MS = 24 * 3_600_000;

export interface Dose {
  scenario: string;
  /** Of the test: what it proves. */
  title: string;
  /** How many rounds there are without `npm run chaos`. */
  brief: number;
  /** How much of the time of its file this scenario gets, where others of it run as well. Default: all. */
  share?: number;
  needsRedis?: boolean;
}

export interface Round {
  index: number;
  random: Random;
}

/** What a round counted: numbers are summed over the rounds; of those whose name begins with `most`, the greatest counts. */
export type Counts = Record<string, number>;

/** Thrown by a round that found a promise broken. */
export class Violated extends Error {
  /** @param evidence goes into a file */
  constructor(
    message: string,
    readonly evidence: string,
    readonly counts: Counts = {},
  ) {
    super(message);
  }
}

const MOST_VIOLATIONS = 5;

/**
 * Makes a scenario a test. `play` sets its stage and calls `rounds` with what one round does: `brief` times, or for as long as
 * `npm run chaos` was told, each time with a seed of its own. The seed is printed first, then a line for each round and a summary;
 * when rounds threw, the test fails at the end, with what is needed to run them again.
 */
export function scenario(
  dose: Dose,
  play: (rounds: (run: (round: Round) => Promise<Counts>) => Promise<void>) => Promise<void>,
): void {
  const missing = dose.needsRedis ? missingRedis() : null;
  if (missing) console.log(`SKIPPED ${dose.scenario}: ${missing}`);
  const isChosen = CHAOS_ONLY === undefined || dose.scenario.includes(CHAOS_ONLY);
  const define = isChosen && !missing ? test : test.skip;
  define(`${dose.title} (${dose.scenario})`, () => play((run) => rounds(dose, run)), LIMIT_MS);
}

async function rounds(
  { scenario, brief, share = 1 }: Dose,
  run: (round: Round) => Promise<Counts>,
): Promise<void> {
  const seconds = Number(CHAOS_SECONDS ?? 0) * (scenario === CHAOS_ONLY ? 1 : share);
  const until = performance.now() + seconds * 1000;
  const least = Number(CHAOS_ROUNDS ?? (isLong ? 1 : brief));
  const total: Counts = {};
  const violations: string[] = [];
  say(`${scenario}: seed ${seed}`);
  let index = 0;
  for (; (index < least || performance.now() < until) && violations.length < MOST_VIOLATIONS; index += 1) {
    // The first round has the seed itself, so that any round can be run again as the first.
    const random = new Random(index === 0 ? seed : (seed + Math.imul(index, 0x9e3779b1)) >>> 0);
    const began = performance.now();
    let counts: Counts;
    let broken = '';
    try {
      counts = await run({ index, random });
    } catch (error) {
      counts = error instanceof Violated ? error.counts : {};
      broken = violation(scenario, random.seed, error as Error);
      violations.push(broken);
    }
    for (const [name, count] of Object.entries(counts))
      total[name] = name.startsWith('most') ? Math.max(total[name] ?? 0, count) : (total[name] ?? 0) + count;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    say(
      `${scenario}: round ${index + 1}, seed ${random.seed}, ${seconds} s: ${inWords(counts)}${broken && ' VIOLATED'}`,
    );
  }
  say(`${scenario}: ${index} rounds, ${violations.length} violated: ${inWords(total)}`);
  if (violations.length > 0) throw new Error(violations.join('\n\n'));
}

function violation(scenario: string, roundSeed: number, error: Error): string {
  const file = join(RESULTS, `${scenario.replaceAll(' ', '-')}-${roundSeed}.txt`);
  mkdirSync(RESULTS, { recursive: true });
  const evidence = error instanceof Violated ? error.evidence : '';
  writeFileSync(file, `${error.stack}\n\n${evidence}\n`);
  const text = `${scenario}: ${error.message}
  again: npm run chaos -- --scenario '${scenario}' --seed ${roundSeed} --rounds 1
  evidence: ${file}`;
  say(text);
  return text;
}

function inWords(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${Math.round(count)} ${name}`)
    .join(', ');
}

function say(line: string): void {
  process.stdout.write(`chaos ${line}\n`);
}
