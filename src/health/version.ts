import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version in the nearest package.json above this file, in the sources and in the build alike. Throws when there is none. */
export function readVersion(): string {
  const path = findPackageJSON('..', import.meta.url);
  if (path === undefined) throw new Error('There is no package.json above the server');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
