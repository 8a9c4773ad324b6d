/** What a question answers: tables to read, and checks against what performance.md asks for. */

/** A table; the first cell of a row is its name. */
export function table(title, head, rows) {
  return { title, head, rows: rows.map((row) => row.map(String)) };
}

/** A number that must not be above `must`. */
export function atMost(what, value, must, unit = '') {
  return { what, value: shown(value, unit), must: `<= ${must}${unit}`, holds: value <= must };
}

/** A number that must not be below `must`. */
export function atLeast(what, value, must, unit = '') {
  return { what, value: shown(value, unit), must: `>= ${must}${unit}`, holds: value >= must };
}

function shown(value, unit) {
  return `${digits(value)}${unit}`;
}

/** As many digits as mean something. */
export function digits(value) {
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100
    ? value.toFixed(0)
    : value.toPrecision(2).includes('e')
      ? value.toFixed(2)
      : String(Number(value.toPrecision(3)));
}

/** For the terminal. */
export function asText({ tables, checks }) {
  const lines = [];
  for (const { title, head, rows } of tables) {
    lines.push('', title);
    const widths = [head, ...rows].reduce(
      (most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)),
      [],
    );
    for (const row of [head, ...rows])
      lines.push(
        `  ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at] + 3))).join('')}`,
      );
  }
  if (checks.length > 0) lines.push('');
  for (const { what, value, must, holds } of checks)
    lines.push(`  ${holds ? 'holds ' : 'MISSED'}  ${what}: ${value} (must be ${must})`);
  return lines.join('\n');
}

/** For RESULTS.md. */
export function asMarkdown(results, { date, machine, command }) {
  const checks = results.flatMap(({ name, checks }) => checks.map((check) => ({ name, ...check })));
  const missed = checks.filter(({ holds }) => !holds).length;
  const failed = results.filter(({ error }) => error);
  const lines = [
    '# Results of the benchmark',
    '',
    'Written by `bench/run.js`; do not edit. Ratios count: the systems were measured in turn, in one run, and a ratio is the median of the',
    'ratios of each round. Absolutes are of this machine.',
    '',
    `- Date: ${date}`,
    `- Machine: ${machine}`,
    `- Command: \`${command}\``,
    `- ${checks.length - missed} of ${checks.length} checks hold${missed > 0 ? `; ${missed} missed` : ''}${failed.length > 0 ? `; ${failed.length} questions could not be answered` : ''}.`,
    '',
    ...markdownTable(
      ['question', 'measure', 'measured', 'must be', ''],
      checks.map(({ name, what, value, must, holds }) => [
        name,
        what,
        value,
        must,
        holds ? 'holds' : '**missed**',
      ]),
    ),
  ];
  for (const { name, shows, seconds, tables, error } of results) {
    lines.push('', `## ${name}`, '', shows, '', `Took ${seconds.toFixed(0)} s.`);
    if (error) lines.push('', `**Could not be answered**: ${error}`);
    for (const { title, head, rows } of tables) lines.push('', `${title}:`, '', ...markdownTable(head, rows));
  }
  return `${lines.join('\n')}\n`;
}

function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
