import { incomingRequest } from '../../../test/support/incoming-request.js';
import { GatewayAuthenticator } from './gateway.authenticator.js';

const SECRET = 's'.repeat(32);
type Header = [string, string];
const secret: Header = ['X-Gateway-Secret', SECRET];
const user: Header = ['X-User-Id', 'auth0|5f7c'];
const tenant: Header = ['X-Tenant-Id', 'acme'];

describe('GatewayAuthenticator', () => {
  const authenticator = new GatewayAuthenticator(['10.0.0.0/8'], SECRET);
  const ask = (headers: Header[], peer = '10.0.0.1') =>
    authenticator.authenticate(incomingRequest(headers, peer));

  it('takes the word of the gateway', async () => {
    await expect(ask([secret, user, tenant])).resolves.toEqual({ tenant_id: 'acme', user_id: 'auth0|5f7c' });
    await expect(ask([secret, user, tenant], '::ffff:10.2.3.4')).resolves.toBeDefined();
  });

  it('takes nobody else’s, whatever they send and claim', async () => {
    const forwarded: Header[] = [
      ['X-Forwarded-For', '10.0.0.1'],
      ['Forwarded', 'for=10.0.0.1'],
      ['X-Real-IP', '10.0.0.1'],
    ];
    for (const peer of ['127.0.0.1', '192.0.2.1', '::1', '']) {
      await expect(ask([secret, user, tenant], peer)).rejects.toThrow('foreign_peer');
      await expect(ask([secret, user, tenant, ...forwarded], peer)).rejects.toThrow('foreign_peer');
    }
  });

  it('needs the secret, exactly', async () => {
    await expect(ask([user, tenant])).rejects.toThrow('no_credential');
    for (const wrong of ['', SECRET.slice(1), `${SECRET}s`, SECRET.toUpperCase()])
      await expect(ask([['X-Gateway-Secret', wrong], user, tenant])).rejects.toThrow('wrong_secret');
  });

  it.each([
    ['secret', secret],
    ['user', user],
    ['tenant', tenant],
  ])('refuses a second %s', async (_what, header) => {
    await expect(ask([secret, user, tenant, header])).rejects.toThrow('several_credentials');
    const spelled: Header = [header[0].toLowerCase(), 'other'];
    await expect(ask([secret, user, tenant, spelled])).rejects.toThrow('several_credentials');
  });

  it.each(['', 'a, b', 'a,b', 'a b', 'a\tb', 'é', 'a\0', 'x'.repeat(129)])(
    'refuses the id %j',
    async (id) => {
      await expect(ask([secret, ['X-User-Id', id], tenant])).rejects.toThrow('malformed_identity');
      await expect(ask([secret, user, ['X-Tenant-Id', id]])).rejects.toThrow('malformed_identity');
    },
  );

  it('refuses half an identity', async () => {
    await expect(ask([secret, user])).rejects.toThrow('malformed_identity');
    await expect(ask([secret, tenant])).rejects.toThrow('malformed_identity');
  });

  it('is not made without a secret', () => {
    expect(() => new GatewayAuthenticator(['10.0.0.0/8'], '')).toThrow('secret');
  });
});
