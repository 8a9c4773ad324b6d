import type { Request, Response } from 'express';
import { makeApiKey } from './api-key/api-key.js';
import { refuseQueryCredentials } from './query-credentials.js';

const accepts = (url: string): boolean => {
  let passed = false;
  refuseQueryCredentials({ url } as Request, {} as Response, () => (passed = true));
  return passed;
};

describe('refuseQueryCredentials', () => {
  it.each([
    'access_token',
    'api_key',
    'apikey',
    'API-Key',
    'x-api-key',
    'token',
    'Authorization',
    'api%5Fkey',
  ])('refuses ?%s=', (name) => {
    expect(() => accepts(`/api/models?a=b&${name}=x`)).toThrow('credential_in_url');
    expect(() => accepts(`/?${name}`)).toThrow('credential_in_url');
  });

  it('refuses a key of ours under any name', () => {
    const { key } = makeApiKey();
    expect(() => accepts(`/api/models?q=${key}`)).toThrow('credential_in_url');
    expect(() => accepts(`/api/models?${key}`)).toThrow('credential_in_url');
    expect(() => accepts(`/api/models?q=%6d${key.slice(1)}`)).toThrow('credential_in_url');
  });

  it.each(['/', '/api/runs/x/events?after=1', '/x?q=access_token', '/x?max_tokens=1', '/x?%', '/x?'])(
    'passes %s',
    (url) => expect(accepts(url)).toBe(true),
  );
});
