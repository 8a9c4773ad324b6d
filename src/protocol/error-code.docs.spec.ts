import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorKinds } from './error-code.js';

interface DocumentedCode {
  code: string;
  status: number;
  retryable: boolean;
  when: string;
  advice: string;
}

const page = readFileSync(resolve(import.meta.dirname, '../../docs/errors.md'), 'utf8');
const documented: DocumentedCode[] = page.split('\n').flatMap((line) => {
  const cells = line.split('|').map((cell) => cell.trim());
  const code = /^`([a-z_]+)`$/.exec(cells[1] ?? '')?.[1];
  if (code === undefined) return [];
  const [, , status, retryable, when = '', advice = ''] = cells;
  return [{ code, status: Number(status), retryable: retryable === 'yes', when, advice }];
});

describe('[PROTO-04] docs/errors.md', () => {
  it('explains every code of the table, and no other, once', () => {
    expect(documented.map(({ code }) => code).sort()).toEqual(Object.keys(errorKinds).sort());
  });

  it.each(documented)('agrees with the table on $code', ({ code, status, retryable, when, advice }) => {
    expect(errorKinds[code as keyof typeof errorKinds]).toMatchObject({ status, retryable });
    expect(when).toMatch(/\.$/);
    expect(advice).toMatch(/\.$/);
  });
});
