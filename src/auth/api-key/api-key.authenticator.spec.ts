import { Logger } from '@nestjs/common';
import { incomingRequest } from '../../../test/support/incoming-request.js';
import { makeApiKey } from './api-key.js';
import { ApiKeyAuthenticator } from './api-key.authenticator.js';
import type { ApiKeyRow } from './api-key.store.js';

const NOW = 1_000_000_000;

function setUp(fields: Partial<ApiKeyRow> = {}) {
  const { id, key, hash } = makeApiKey();
  const row: ApiKeyRow = {
    id,
    tenant_id: 'acme',
    user_id: 'ada',
    name: '',
    hash,
    created_at: 0,
    expires_at: null,
    last_used_at: null,
    revoked_at: null,
    ...fields,
  };
  const uses: number[] = [];
  const store = {
    find: (wanted: string) => Promise.resolve(wanted === id ? row : undefined),
    markUsed: (_id: string, now: number) => {
      uses.push(now);
      return Promise.resolve();
    },
  };
  const authenticator = new ApiKeyAuthenticator(store, () => NOW);
  const ask = (...headers: [string, string][]) => authenticator.authenticate(incomingRequest(headers));
  return { key, uses, ask, store };
}

describe('ApiKeyAuthenticator', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('finds the owner of a key, in either header', async () => {
    const { key, ask } = setUp();
    const owner = { tenant_id: 'acme', user_id: 'ada' };
    await expect(ask(['Authorization', `Bearer ${key}`])).resolves.toEqual(owner);
    await expect(ask(['X-Api-Key', key])).resolves.toEqual(owner);
  });

  it('refuses no key, two keys and what is no key', async () => {
    const { key, ask } = setUp();
    await expect(ask()).rejects.toThrow('no_credential');
    await expect(ask(['X-Api-Key', key], ['X-Api-Key', key])).rejects.toThrow('several_credentials');
    await expect(ask(['X-Api-Key', key], ['Authorization', `Bearer ${key}`])).rejects.toThrow(
      'several_credentials',
    );
    await expect(ask(['X-Api-Key', key], ['Authorization', 'Basic abc'])).rejects.toThrow(
      'malformed_credential',
    );
    await expect(ask(['X-Api-Key', 'sk-123'])).rejects.toThrow('malformed_credential');
  });

  it('refuses an unknown id, and a known id with another secret', async () => {
    const { key, ask } = setUp();
    await expect(ask(['X-Api-Key', makeApiKey().key])).rejects.toThrow('unknown_key');
    const last = key.endsWith('0') ? '1' : '0';
    await expect(ask(['X-Api-Key', key.slice(0, -1) + last])).rejects.toThrow('wrong_secret');
  });

  it('refuses a key from the moment that it is revoked or expires', async () => {
    const revoked = setUp({ revoked_at: NOW - 1 });
    await expect(revoked.ask(['X-Api-Key', revoked.key])).rejects.toThrow('revoked_key');
    const expired = setUp({ expires_at: NOW });
    await expect(expired.ask(['X-Api-Key', expired.key])).rejects.toThrow('expired_key');
    const valid = setUp({ expires_at: NOW + 1 });
    await expect(valid.ask(['X-Api-Key', valid.key])).resolves.toBeDefined();
  });

  it('notes the use of a valid key, at most once a minute', async () => {
    const first = setUp();
    await first.ask(['X-Api-Key', first.key]);
    expect(first.uses).toEqual([NOW]);
    const recent = setUp({ last_used_at: NOW - 59_999 });
    await recent.ask(['X-Api-Key', recent.key]);
    expect(recent.uses).toEqual([]);
    const old = setUp({ last_used_at: NOW - 60_000 });
    await old.ask(['X-Api-Key', old.key]);
    expect(old.uses).toEqual([NOW]);
    const expired = setUp({ expires_at: 1 });
    await expired.ask(['X-Api-Key', expired.key]).catch(() => undefined);
    expect(expired.uses).toEqual([]);
  });

  it('serves also while the database takes no writes', async () => {
    const { key, ask, store } = setUp();
    store.markUsed = () => Promise.reject(new Error('read only'));
    await expect(ask(['X-Api-Key', key])).resolves.toBeDefined();
  });
});
