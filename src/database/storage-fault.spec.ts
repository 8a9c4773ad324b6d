import { MillraceError } from '../protocol/error-code.js';
import { storageFault } from './storage-fault.js';

const errorOf = (fields: object, message = 'no') => Object.assign(new Error(message), fields);

describe('storageFault', () => {
  it.each([
    ['a refused connection', errorOf({ code: 'ECONNREFUSED' })],
    ['a broken pipe', errorOf({ code: 'EPIPE' })],
    ['a server that shuts down', errorOf({ code: '57P01' })],
    ['a server that starts', errorOf({ code: '57P03' })],
    ['too many connections', errorOf({ code: '53300' })],
    ['a statement time-out', errorOf({ code: '57014' })],
    ['a lock time-out', errorOf({ code: '55P03' })],
    ['a standby', errorOf({ code: '25006' })],
    ['a cut connection', errorOf({}, 'Connection terminated unexpectedly')],
    ['a server without an answer', errorOf({}, 'Query read timeout')],
    ['an exhausted pool', errorOf({}, 'timeout exceeded when trying to connect')],
    ['an extended I/O error of SQLite', errorOf({ code: 'ERR_SQLITE_ERROR', errcode: 10 | (3 << 8) })],
  ])('takes %s for a failure of the storage', (_name, error) => {
    const fault = storageFault(error);
    expect(fault).toBeInstanceOf(MillraceError);
    expect(fault).toMatchObject({ code: 'storage_failed', retryable: true, cause: error });
  });

  it.each([
    ['PostgreSQL', errorOf({ code: '53100' })],
    ['SQLite', errorOf({ code: 'ERR_SQLITE_ERROR', errcode: 13 })],
  ])('tells a full disk of %s from other failures', (_name, error) => {
    expect(storageFault(error)).toMatchObject({ code: 'storage_full', retryable: true, cause: error });
  });

  it.each([
    ['a unique violation', errorOf({ code: '23505' })],
    ['a deadlock', errorOf({ code: '40P01' })],
    ['a syntax error', errorOf({ code: '42601' })],
    ['a value that is no text', errorOf({ code: '22021' })],
    ['a constraint of SQLite', errorOf({ code: 'ERR_SQLITE_ERROR', errcode: 19 })],
    ['an argument of the wrong type', errorOf({ code: 'ERR_INVALID_ARG_TYPE' })],
    ['a fault of ours', new TypeError('x is not a function')],
    ['what is no error', 'EPIPE'],
  ])('leaves %s as it is', (_name, error) => {
    expect(storageFault(error)).toBe(error);
  });
});
