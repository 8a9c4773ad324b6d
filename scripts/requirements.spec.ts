import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DELIVERED_ISSUE, requirements } from '../test/requirements.js';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDERS = ['src', 'client/src', 'test', 'scripts'];
/** An id in the name of a test: `[RUN-03]`, `[P1]`, `[D-05]`. */
const CITATION = /\[([A-Z]{2,6}-\d{2}|P\d{1,2}|D-\d{2})\]/g;

/** Each id that a test cites, with the files that do. */
function citations(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const folder of FOLDERS) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !/(?:spec\.tsx?|\.contract\.ts)$/.test(path) || path === import.meta.filename)
        continue;
      for (const [, id] of readFileSync(path, 'utf8').matchAll(CITATION))
        found.set(id!, [...(found.get(id!) ?? []), path]);
    }
  }
  return found;
}

describe('the requirements', () => {
  const cited = citations();

  test('have ids of their own, a text and a source', () => {
    const ids = requirements.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    for (const { id, text, source } of requirements) {
      expect(`[${id}]`).toMatch(CITATION);
      expect([text, source]).not.toContain('');
    }
  });

  test(`of the issues up to ${DELIVERED_ISSUE} are each cited by a test`, () => {
    const due = requirements.filter(({ issue }) => issue <= DELIVERED_ISSUE);
    expect(due.filter(({ id }) => !cited.has(id)).map(({ id, text }) => `${id}: ${text}`)).toEqual([]);
  });

  test('are all that tests cite', () => {
    const known = new Set(requirements.map(({ id }) => id));
    const unknown = [...cited].filter(([id]) => !known.has(id));
    expect(unknown.map(([id, files]) => `${id} in ${files[0]}`)).toEqual([]);
  });
});
