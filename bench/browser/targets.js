/** What the UI must reach, and whether it did in this run. */
export class Targets {
  rows = [];

  /** @param limit the largest value that is right */
  atMost(name, value, limit, unit) {
    this.rows.push({ name, value, limit: `<= ${brief(limit)}`, unit, met: value <= limit });
  }

  /** @param limit the smallest value that is right */
  atLeast(name, value, limit, unit) {
    this.rows.push({ name, value, limit: `>= ${brief(limit)}`, unit, met: value >= limit });
  }

  lines() {
    return [
      '| target | must | measured | |',
      '|---|---|---|---|',
      ...this.rows.map(
        ({ name, value, limit, unit, met }) =>
          `| ${name} | ${limit} ${unit} | ${round(value)} | ${met ? 'met' : '**missed**'} |`,
      ),
    ];
  }
}

const brief = (limit) => Number(limit.toFixed(2));

function round(value) {
  return Math.abs(value) >= 10 ? value.toFixed(0) : value.toFixed(2);
}
