import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, readConfig } from './config.js';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const settings = Object.keys(environment.shape).sort();

/** `NAME=value` of the file for the environment. */
function example(): Record<string, string> {
  const lines = read('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name!, value!]));
}

/** The variables in the first column of the table with this heading. */
function tableOf(file: string, heading: string): string[] {
  const section = read(file).split(`\n${heading}\n`)[1]?.split(/\n#+ /)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name!));
}

describe('the settings', () => {
  it('are all in .env.example, and nothing else is', () => {
    expect(Object.keys(example()).sort()).toEqual(settings);
    expect(read('.env.example').match(/^[A-Z_]+=/gm)).toHaveLength(settings.length);
  });

  it('have the defaults that .env.example says', () => {
    expect(readConfig(example())).toEqual(readConfig({}));
  });

  it.each(['README.md', 'docs/operations.md'])('are all in the table of %s, once', (file) => {
    expect(tableOf(file, '## Settings').sort()).toEqual(settings);
  });
});
