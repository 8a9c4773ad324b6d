import { MillraceError } from '../protocol/error-code.js';
import { errorFields } from './error-fields.js';

const SECRET = 'hunter2';

describe('errorFields', () => {
  const provider = Object.assign(new Error(`400 ${SECRET}`), {
    code: SECRET,
    body: SECRET,
    headers: { authorization: SECRET },
  });
  const failure = new MillraceError('upstream_rejected', { detail: SECRET, cause: provider });

  it('tells the kind, the code and the place of an error and of its causes, and none of their texts', () => {
    const fields = errorFields(failure, false);
    expect(fields).toMatchObject({
      type: 'MillraceError',
      code: 'upstream_rejected',
      cause: { type: 'Error' },
    });
    expect(fields.stack?.[0]).toMatch(/^at .*error-fields\.spec/);
    expect(JSON.stringify(fields)).not.toContain(SECRET);
  });

  it('leaves a message of many lines out of the stack', () => {
    const error = new Error(`one\n    ${SECRET}\ntwo ${SECRET}`);
    expect(JSON.stringify(errorFields(error, false))).not.toContain(SECRET);
  });

  it('keeps the codes of the system', () => {
    expect(errorFields(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), false).code).toBe(
      'ECONNREFUSED',
    );
    expect(errorFields(Object.assign(new Error('x'), { code: 'ERR_SQLITE_ERROR' }), false).code).toBe(
      'ERR_SQLITE_ERROR',
    );
  });

  it('tells the texts where they are asked for, but nothing else that an error carries', () => {
    const fields = errorFields(provider, true);
    expect(fields).toMatchObject({ message: `400 ${SECRET}`, code: SECRET });
    expect(Object.keys(fields).sort()).toEqual(['code', 'message', 'stack', 'type']);
  });

  it('ends with a circle of causes, and takes what is no error', () => {
    const circle = new Error('x');
    circle.cause = circle;
    expect(JSON.stringify(errorFields(circle, false)).match(/"type"/g)).toHaveLength(5);
    expect(errorFields(SECRET, false)).toEqual({ type: 'string' });
    expect(errorFields(null, true)).toEqual({ type: 'object', message: 'null' });
  });
});
