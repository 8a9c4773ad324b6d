import { incomingRequest } from '../../test/support/incoming-request.js';
import { bearerToken, secretsEqual, singleHeader } from './credentials.js';

const authorization = (...values: string[]) =>
  incomingRequest(values.map((value) => ['Authorization', value] as const));

describe('bearerToken', () => {
  it.each(['Bearer abc', 'bearer abc', 'BEARER   abc'])('takes %j', (header) => {
    expect(bearerToken(authorization(header))).toBe('abc');
  });

  it('is undefined without the header', () => {
    expect(bearerToken(authorization())).toBeUndefined();
  });

  it.each([
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['no scheme', 'abc'],
    ['no token', 'Bearer '],
    ['two tokens', 'Bearer abc def'],
    ['a list', 'Bearer abc, Bearer def'],
    ['characters that no token has', 'Bearer a"b'],
    ['an oversized token', `Bearer ${'a'.repeat(600)}`],
  ])('refuses %s', (_what, header) => {
    expect(() => bearerToken(authorization(header))).toThrow('malformed_credential');
  });

  it('refuses two headers, also two equal ones', () => {
    expect(() => bearerToken(authorization('Bearer abc', 'Bearer abc'))).toThrow('several_credentials');
  });
});

describe('singleHeader', () => {
  it('sees a header that came twice under different spellings', () => {
    const request = incomingRequest([
      ['X-User-Id', 'a'],
      ['x-user-ID', 'b'],
    ]);
    expect(() => singleHeader(request, 'x-user-id')).toThrow('several_credentials');
  });
});

describe('secretsEqual', () => {
  it('compares the whole text, of any length', () => {
    expect(secretsEqual('secret', 'secret')).toBe(true);
    for (const other of ['', 'secre', 'secret ', 'Secret', 'x'.repeat(10_000)])
      expect(secretsEqual(other, 'secret')).toBe(false);
  });
});
