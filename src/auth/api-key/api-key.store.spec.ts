import { migrate } from '../../database/migrate.js';
import { openSqlite } from '../../database/sqlite-database.js';
import { hashApiKey } from './api-key.js';
import { ApiKeyStore } from './api-key.store.js';

const owner = { tenant_id: 'acme', user_id: 'ada' };

describe('ApiKeyStore', () => {
  const db = openSqlite('sqlite::memory:');
  const store = new ApiKeyStore(db);
  beforeAll(() => migrate(db));
  afterAll(() => db.destroy());

  it('keeps the hash and nothing of the key', async () => {
    const { id, key } = await store.create({ owner, name: 'ci', expiresAt: 9 }, 5);
    const row = await store.find(id);
    expect(row).toEqual({
      ...owner,
      id,
      name: 'ci',
      hash: hashApiKey(key),
      created_at: 5,
      expires_at: 9,
      last_used_at: null,
      revoked_at: null,
    });
    expect(JSON.stringify(row)).not.toContain(key.slice(-64));
  });

  it('revokes once, and lists what it holds, oldest first', async () => {
    const { id } = await store.create({ owner, name: '', expiresAt: null }, 6);
    expect(await store.revoke(id, 7)).toBe(true);
    expect(await store.revoke(id, 8)).toBe(false);
    expect(await store.revoke('nope', 8)).toBe(false);
    expect((await store.find(id))?.revoked_at).toBe(7);
    expect((await store.list()).map(({ created_at }) => created_at)).toEqual([5, 6]);
  });

  it('notes the last use', async () => {
    const { id } = await store.create({ owner, name: '', expiresAt: null }, 10);
    await store.markUsed(id, 11);
    expect((await store.find(id))?.last_used_at).toBe(11);
  });
});
