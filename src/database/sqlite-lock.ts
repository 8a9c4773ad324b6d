import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY: another connection holds the lock. */
const BUSY = 5;
/** How long a starting process waits for another to write its number. */
const PATIENCE_MS = 500;

/** Another process uses the database file. */
export class FileInUseError extends Error {
  override readonly name = 'FileInUseError';
}

/** Ends when the process does, however that happens, because the operating system holds it. */
export interface FileLock {
  release(): void;
}

/**
 * Makes this process the only one that uses a database file. The lock is that of an open write transaction on a second, small SQLite
 * database beside it (`<file>.lock`): the operating system frees it when the process dies, so a lock left by a killed process never
 * blocks a start and the number of a process proves nothing. Backups and other readers of the database file are not kept out.
 *
 * Throws FileInUseError, which names the file and the process that holds it.
 */
export function lockFile(file: string): FileLock {
  const sqlite = new DatabaseSync(`${file}.lock`, { timeout: PATIENCE_MS });
  try {
    // The number is committed first, since others can read only what is committed, and then the lock is taken for good.
    sqlite.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${process.pid}; COMMIT; BEGIN IMMEDIATE;`);
  } catch (error) {
    const holder = isBusy(error) ? holderOf(sqlite) : undefined;
    sqlite.close();
    if (holder === undefined) throw new Error(`Database file ${file} cannot be locked`, { cause: error });
    throw new FileInUseError(`Database file ${file} is already in use by process ${holder}`, {
      cause: error,
    });
  }
  return { release: () => sqlite.close() };
}

function isBusy(error: unknown): boolean {
  return ((error as { errcode?: unknown }).errcode as number) === BUSY;
}

function holderOf(sqlite: DatabaseSync): number {
  return (sqlite.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}
