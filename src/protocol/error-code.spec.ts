import { errorKinds, isErrorCode, MillraceError } from './error-code.js';

const kinds = Object.entries(errorKinds);

describe('the table of errors', () => {
  it.each(kinds)('%s is complete and fit to show', (code, kind) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(kind.text.trim()).toBe(kind.text);
    expect(kind.text).not.toBe('');
    expect(
      Number.isInteger(kind.status) && (kind.status === 200 || (kind.status >= 400 && kind.status < 600)),
    ).toBe(true);
  });

  it('lets a request be tried again only where the same one may succeed', () => {
    const final = kinds.filter(([, kind]) => kind.retryable && kind.status >= 400 && kind.status < 500);
    expect(final.map(([code]) => code)).toEqual(['request_timeout', 'conversation_busy']);
    const unavailable = kinds.filter(([, kind]) => kind.status === 503 || kind.status === 504);
    expect(unavailable.filter(([, kind]) => !kind.retryable)).toEqual([]);
  });

  it('knows its codes, and no name that every object has', () => {
    for (const [code] of kinds) expect(isErrorCode(code)).toBe(true);
    for (const code of ['', 'nonsense', 'toString', 'constructor', '__proto__'])
      expect(isErrorCode(code)).toBe(false);
  });
});

describe('MillraceError', () => {
  it('takes status, retryable and text from the table', () => {
    const error = new MillraceError('upstream_cut');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'MillraceError',
      code: 'upstream_cut',
      status: 502,
      retryable: true,
      detail: errorKinds.upstream_cut.text,
      message: `upstream_cut: ${errorKinds.upstream_cut.text}`,
      members: {},
    });
    expect(error.cause).toBeUndefined();
  });

  it('carries a text of its own, members, and its cause', () => {
    const cause = new Error('ECONNRESET');
    const members = { model_name: 'm' };
    const error = new MillraceError('unknown_model', { detail: '找不到模型配置: m', cause, members });
    expect(error).toMatchObject({ detail: '找不到模型配置: m', members, cause, status: 400 });
    expect(error.message).toBe('unknown_model: 找不到模型配置: m');
  });
});
