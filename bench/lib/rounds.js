/** Rounds: all targets one after the other, again and again, so that what disturbs the machine disturbs them alike. */

/** `measure` gives a number for a target. Returns the numbers of each target by its name. The first round warms up. */
export async function inRounds(targets, rounds, measure) {
  const values = new Map(targets.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1)
    for (const target of targets) {
      const value = await measure(target);
      if (round > 0) values.get(target.name).push(value);
    }
  return values;
}

/** The median over the rounds of what a target has for each of another's in the same round. */
export function medianRatio(values, name, other) {
  const base = values.get(other);
  return median(values.get(name).map((value, round) => value / base[round]));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
