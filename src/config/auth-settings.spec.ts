import { readConfig } from './config.js';

const SECRET = 'k'.repeat(32);
const gateway = { AUTH_MODE: 'gateway', GATEWAY_SECRET: SECRET, TRUSTED_PROXIES: '10.0.0.0/8' };

describe('settings of authentication', () => {
  it('listen beyond loopback only with an AUTH_MODE', () => {
    expect(() => readConfig({ HOST: '0.0.0.0' })).toThrow('HOST');
    expect(() => readConfig({ HOST: '::', AUTH_MODE: 'none' })).toThrow('HOST');
    expect(readConfig({ HOST: '0.0.0.0', AUTH_MODE: 'api-key' }).AUTH_MODE).toBe('api-key');
    expect(readConfig({ HOST: '0.0.0.0', ...gateway }).AUTH_MODE).toBe('gateway');
  });

  it('have no mode but these', () => {
    for (const AUTH_MODE of ['off', 'NONE', 'jwt,none'])
      expect(() => readConfig({ AUTH_MODE })).toThrow('AUTH_MODE');
  });

  it('of a gateway are its secret and its addresses', () => {
    expect(
      readConfig({ ...gateway, TRUSTED_PROXIES: ' 10.0.0.0/8 , ::1,192.0.2.1 ' }).TRUSTED_PROXIES,
    ).toEqual(['10.0.0.0/8', '::1', '192.0.2.1']);
    expect(() => readConfig({ ...gateway, GATEWAY_SECRET: '' })).toThrow('GATEWAY_SECRET');
    expect(() => readConfig({ ...gateway, GATEWAY_SECRET: 'short' })).toThrow('GATEWAY_SECRET');
    expect(() => readConfig({ ...gateway, TRUSTED_PROXIES: '' })).toThrow('TRUSTED_PROXIES');
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/8/8',
    'gateway',
    '*',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/',
    '10.0.0.0/-1',
  ])('refuse the proxy %s', (TRUSTED_PROXIES) =>
    expect(() => readConfig({ ...gateway, TRUSTED_PROXIES })).toThrow('TRUSTED_PROXIES'),
  );

  it('take origins as browsers write them', () => {
    const CORS_ORIGINS = 'https://chat.example.com, http://localhost:5173';
    expect(readConfig({ CORS_ORIGINS }).CORS_ORIGINS).toEqual([
      'https://chat.example.com',
      'http://localhost:5173',
    ]);
  });

  it.each([
    '*',
    'null',
    'https://*.example.com',
    'chat.example.com',
    'https://example.com/',
    'https://example.com/app',
    'https://Example.com',
    'https://example.com:443',
    'https://user@example.com',
    'file:///x',
  ])('refuse the origin %s', (CORS_ORIGINS) => {
    expect(() => readConfig({ CORS_ORIGINS })).toThrow('CORS_ORIGINS');
  });
});
