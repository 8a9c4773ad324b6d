import { TrustedProxies } from './trusted-proxies.js';

describe('TrustedProxies', () => {
  const proxies = new TrustedProxies(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32', '::1']);

  it.each([
    '10.1.0.0',
    '10.1.255.255',
    '192.0.2.7',
    '2001:db8::1',
    '::1',
    '::ffff:10.1.2.3',
    '::FFFF:192.0.2.7',
  ])('knows %s', (peer) => expect(proxies.includes(peer)).toBe(true));

  it.each([
    '10.2.0.1',
    '192.0.2.8',
    '2001:db9::1',
    '::2',
    '::ffff:10.2.0.1',
    '127.0.0.1',
    '',
    'nobody',
    '10.1',
  ])('does not know %j', (peer) => expect(proxies.includes(peer)).toBe(false));

  it('does not know a socket without an address', () => {
    expect(proxies.includes(undefined)).toBe(false);
  });
});
