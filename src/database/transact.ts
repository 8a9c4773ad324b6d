import type { Kysely, QueryExecutor, Transaction } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';

/** PostgreSQL: serialization_failure, deadlock_detected, unique_violation. */
const CONFLICTS = new Set(['40001', '40P01', '23505']);
const ATTEMPTS = 6;

/** Thrown by work that found its premise gone; the transaction is tried again from its beginning. */
export class Conflict extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Conflict';
  }
}

/**
 * Runs `work` in one transaction. When another transaction was in the way (a deadlock, the same new key) it is rolled back and run
 * again, after a short random pause, so it must change nothing but the database. Throws what `work` throws.
 */
export async function transact<Schema, T>(
  db: Kysely<Schema>,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof Conflict || CONFLICTS.has((error as { code?: string }).code ?? '');
}

/**
 * Makes a SELECT lock the rows that it reads until the end of its transaction. SQLite, with its one connection, has no other writer
 * and no such clause.
 */
export function lockingRows<Query extends { forUpdate(): Query }>(
  query: Query,
  db: { getExecutor(): QueryExecutor },
): Query {
  return db.getExecutor().adapter.supportsMultipleConnections === false ? query : query.forUpdate();
}
