import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { DELIVERED_ISSUE, requirements } from '../test/requirements.js';

const ROOT = resolve(import.meta.dirname, '..');
/** `file`: name of the test. */
const TEST = /`([^`]+\.tsx?)`: (.+)/;

interface Row {
  number: string;
  tests: { file: string; name: string }[];
}

function rowsOfDocument(): Row[] {
  const text = readFileSync(join(ROOT, 'docs/faults.md'), 'utf8');
  return [...text.matchAll(/^\|\s*(\d+)\s*\|.*\|(.*)\|$/gm)].map(([, number, cell]) => ({
    number: number!,
    tests: cell!.split('<br>').flatMap((one) => {
      const [, file, name] = TEST.exec(one) ?? [];
      return file && name ? [{ file, name: name.trim() }] : [];
    }),
  }));
}

/** Each fault that tests cite, with their files. */
function cited(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const folder of ['src', 'client/src', 'test', 'scripts']) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !/spec\.tsx?$/.test(path)) continue;
      for (const [, number] of readFileSync(path, 'utf8').matchAll(/\[FAULT-(\d\d)\]/g)) {
        const id = String(Number(number));
        found.set(id, (found.get(id) ?? new Set()).add(relative(ROOT, path)));
      }
    }
  }
  return found;
}

const rows = rowsOfDocument();
const due = requirements.filter(({ id }) => id.startsWith('FAULT-'));
const numberOf = (id: string) => String(Number(id.slice('FAULT-'.length)));

test('docs/faults.md has a row for each fault that must be shown', () => {
  const numbers = rows.map(({ number }) => number);
  expect(due.map(({ id }) => numberOf(id)).filter((number) => !numbers.includes(number))).toEqual([]);
});

test('each test that it names is in its file, and cites the fault where that has an id', () => {
  for (const { number, tests } of rows) {
    for (const { file, name } of tests) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      expect([number, name, text.includes(name)]).toEqual([number, name, true]);
      const id = `FAULT-${number.padStart(2, '0')}`;
      if (due.some((one) => one.id === id)) expect([file, text.includes(`[${id}]`)]).toEqual([file, true]);
    }
  }
});

test('it names every file whose tests cite a fault', () => {
  for (const [number, files] of cited()) {
    const named = rows.find((row) => row.number === number)?.tests.map(({ file }) => file) ?? [];
    expect([number, [...files].filter((file) => !named.includes(file))]).toEqual([number, []]);
  }
});

test('no fault of a delivered issue is without a test', () => {
  const missing = due.filter(
    ({ id, issue }) =>
      issue <= DELIVERED_ISSUE && !rows.some((row) => row.number === numberOf(id) && row.tests.length > 0),
  );
  expect(missing).toEqual([]);
});
