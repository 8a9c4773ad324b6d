import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { Pool, types, type PoolClient, type PoolConfig } from 'pg';
import type { Database } from './schema.js';
import { storageFault } from './storage-fault.js';

export interface PostgresOptions {
  /** The most connections of this process. */
  max?: number;
  /** How long one statement may take, in milliseconds; 0 is without an end, for changes of the schema. */
  statementMs?: number;
  /** How much longer than that an answer may be on its way before its connection counts as dead. */
  silenceMs?: number;
  /** Told of connections that break while nobody uses them. The pool replaces them; nothing is to be done. */
  onIdleError?: (error: Error) => void;
}

const CONNECT_MS = 5000;
const STATEMENT_MS = 15_000;
/** A transaction that its process has left behind holds its locks no longer than this. */
const IDLE_IN_TRANSACTION_MS = 15_000;
const SILENCE_MS = 5000;
/** The driver's error when `query_timeout` has passed. */
const NO_ANSWER = 'Query read timeout';
/** SQLSTATEs of a connection that is over although its socket is not closed yet (PostgreSQL 18, appendix A). */
const OVER = /^(08|57P)/;

/**
 * Opens `postgres://…`. Nothing is connected yet. Connections are made on demand, checked by TCP keep-alive, and replaced when they
 * break; every wait has an end. When the server is down or too slow, statements throw `storage_failed`; when it has no room, `storage_full`.
 */
export function openPostgres(url: string, options: PostgresOptions = {}): Kysely<Database> {
  const { statementMs = STATEMENT_MS, silenceMs = SILENCE_MS, max = 10, onIdleError } = options;
  const config: PoolConfig = {
    connectionString: url,
    application_name: 'millrace',
    max,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: parserOf as typeof types.getTypeParser },
    ...(statementMs > 0 && {
      statement_timeout: statementMs,
      lock_timeout: statementMs,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      query_timeout: statementMs + silenceMs,
    }),
  };
  const pool = new Pool(config);
  pool.on('error', (error) => {
    if (!pool.ending) onIdleError?.(error);
  });
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: translated(pool) }) });
}

/** int8 as a number: times, token counts and row counts are all far below 2^53. Throws a RangeError for one that is not. */
function parserOf(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid !== (types.builtins.INT8 as number))
    return types.getTypeParser(oid, format) as (value: string) => unknown;
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is not a safe integer`);
    return value;
  };
}

/** The pool as Kysely takes it, with errors that say whether the server was there. */
function translated(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect().catch((error: unknown) => {
        throw storageFault(error);
      });
      return asKyselyClient(client);
    },
  };
}

function asKyselyClient(client: PoolClient): PostgresPoolClient {
  let silent: Error | undefined;
  let over = false;
  // A connection that breaks in use fails its statement; without a listener the event would end the process.
  const ignore = () => undefined;
  client.on('error', ignore);
  const query = async (sql: string, parameters: ReadonlyArray<unknown>) => {
    // The driver would queue this behind the statement that has no answer.
    if (silent !== undefined) throw silent;
    try {
      return await client.query(sql, [...parameters]);
    } catch (error) {
      const fault = storageFault(error);
      if ((error as Error).message === NO_ANSWER) silent = fault as Error;
      over ||= OVER.test((error as { code?: string }).code ?? '');
      throw fault;
    }
  };
  const release = (destroy?: boolean) => {
    client.off('error', ignore);
    client.release(destroy === true || over || silent !== undefined);
  };
  return { query, release } as unknown as PostgresPoolClient;
}
