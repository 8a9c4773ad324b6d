import { types } from 'node:util';
import { MillraceError } from '../protocol/error-code.js';

/**
 * SQLSTATE classes and codes that say that the server did not do its work, whatever the statement was (PostgreSQL 18, appendix A):
 * connection, resources, operator intervention, system error; then the statement and lock time-outs, and a read-only standby.
 */
const UNAVAILABLE_STATES = /^(08|53|57|58)|^(55P03|25P03|25006)$/;
/** What sockets and the pool say when the server is gone (pg 8, pg-pool 3). */
const CONNECTION_TEXT =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;
/** PostgreSQL's disk_full, SQLITE_FULL. What they refuse was not done, so both say more than that the server is unavailable. */
const FULL_STATE = '53100';
const FULL_RESULT = 13;
/** SQLITE_BUSY, LOCKED, NOMEM, READONLY, IOERR, CANTOPEN (https://sqlite.org/rescode.html); the low byte of errcode. */
const UNAVAILABLE_RESULTS = new Set([5, 6, 7, 8, 10, 14]);

/**
 * What a database driver threw, for those above: `storage_full` (507, retryable) when there is no room, `storage_failed` (503,
 * retryable) when the database is down or too slow, and the error itself when the statement was wrong or in conflict.
 */
export function storageFault(error: unknown): unknown {
  if (isFull(error)) return new MillraceError('storage_full', { cause: error });
  return isUnavailable(error) ? new MillraceError('storage_failed', { cause: error }) : error;
}

function isFull(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return typeof errcode === 'number' ? (errcode & 0xff) === FULL_RESULT : code === FULL_STATE;
}

function isUnavailable(error: unknown): boolean {
  // Errors of Node's own modules need not be of this realm.
  if (!types.isNativeError(error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === 'number') return UNAVAILABLE_RESULTS.has(errcode & 0xff);
  if (typeof code === 'string')
    return /^[0-9A-Z]{5}$/.test(code)
      ? UNAVAILABLE_STATES.test(code) || isSystemError(code)
      : isSystemError(code);
  return CONNECTION_TEXT.test(error.message);
}

/** Node's names of failed system calls: ECONNREFUSED, ENOTFOUND, EPIPE … */
function isSystemError(code: string): boolean {
  return /^E[A-Z_]+$/.test(code) && !code.startsWith('ERR_');
}
