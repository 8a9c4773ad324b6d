import { sendJson } from '../../stream/api.js';
import type { StreamEnvironment } from '../../stream/environment.js';
import { problemOf, type Problem } from '../../stream/problem.js';
import { isRecord, stringOf } from '../../state/json.js';

/** Something that the server finds wrong with a graph or an agent. */
export interface Fault {
  /** A code of the server's checks, or of zod. */
  code: string;
  /** The path of the field. */
  loc: readonly string[];
  /** In the server's words. */
  message: string;
}

export type Check = { kind: 'checked'; faults: readonly Fault[] } | { kind: 'failed'; problem: Problem };

/** Asks the server what is wrong with a graph or an agent. What has not even the shape of one is told in the same way. */
export async function check(
  fetch: StreamEnvironment['fetch'],
  kind: 'graphs' | 'agents',
  document: unknown,
): Promise<Check> {
  try {
    const answer = await sendJson(fetch, 'POST', `/api/${kind}/validate`, document);
    return { kind: 'checked', faults: readFaults(isRecord(answer) ? answer['errors'] : []) };
  } catch (error) {
    const problem = problemOf(error);
    const faults = readFaults(problem.errors);
    return faults.length > 0 ? { kind: 'checked', faults } : { kind: 'failed', problem };
  }
}

/** Reads the `errors` of a problem (docs/errors.md). */
export function readFaults(errors: unknown): Fault[] {
  const entries: unknown[] = Array.isArray(errors) ? errors : [];
  return entries.filter(isRecord).map((entry) => ({
    code: stringOf(entry['type']),
    loc: Array.isArray(entry['loc']) ? entry['loc'].map(String) : [],
    message: stringOf(entry['msg']),
  }));
}

/** The faults of a field, or of a node (`['nodes', '2']`), or of anything inside of it. */
export function faultsAt(faults: readonly Fault[], path: readonly string[]): readonly Fault[] {
  return faults.filter(({ loc }) => path.every((key, depth) => loc[depth] === key));
}
