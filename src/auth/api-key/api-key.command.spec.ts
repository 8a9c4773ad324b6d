import { runApiKeyCommand, UsageError } from './api-key.command.js';
import type { ApiKeyRow, NewApiKey } from './api-key.store.js';

const NOW = Date.UTC(2026, 10, 22);

function setUp(rows: ApiKeyRow[] = []) {
  const created: NewApiKey[] = [];
  const revoked: string[] = [];
  let output = '';
  const run = async (...args: string[]) => {
    output = '';
    await runApiKeyCommand(args, {
      store: {
        create: (key) => {
          created.push(key);
          return Promise.resolve({ id: 'abc', key: 'mr_abc_secret' });
        },
        list: () => Promise.resolve(rows),
        revoke: (id) => {
          revoked.push(id);
          return Promise.resolve(id === 'abc');
        },
      },
      now: NOW,
      print: (text) => (output += text),
      remark: () => undefined,
    });
    return output;
  };
  return { run, created, revoked };
}

describe('api-key', () => {
  it('creates a key and prints nothing but it', async () => {
    const { run, created } = setUp();
    expect(await run('create', '--user', 'ada', '--tenant', 'acme')).toBe('mr_abc_secret\n');
    await run('create', '--user', 'ada', '--tenant', 'acme', '--name', 'for 工具', '--days', '2');
    const owner = { user_id: 'ada', tenant_id: 'acme' };
    expect(created).toEqual([
      { owner, name: '', expiresAt: null },
      { owner, name: 'for 工具', expiresAt: NOW + 2 * 86_400_000 },
    ]);
  });

  it('lists keys with their state', async () => {
    const row = { tenant_id: 't', user_id: 'u', hash: 'h', created_at: 0, name: 'n', last_used_at: null };
    const { run } = setUp([
      { ...row, id: 'a', expires_at: null, revoked_at: null },
      { ...row, id: 'b', expires_at: NOW, revoked_at: null },
      { ...row, id: 'c', expires_at: NOW, revoked_at: 1 },
    ]);
    const lines = (await run('list')).trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
      ['id', 'tenant', 'user', 'state'],
      ['a', 't', 'u', 'valid'],
      ['b', 't', 'u', 'expired'],
      ['c', 't', 'u', 'revoked'],
    ]);
    expect(lines.join()).not.toContain('h,');
  });

  it('revokes, and says when there was nothing to revoke', async () => {
    const { run, revoked } = setUp();
    await run('revoke', 'abc');
    expect(revoked).toEqual(['abc']);
    await expect(run('revoke', 'other')).rejects.toThrow('no key other');
  });

  it.each([
    [[]],
    [['make']],
    [['create']],
    [['create', '--user', 'ada']],
    [['create', 'ada', '--user', 'ada', '--tenant', 'acme']],
    [['create', '--user', 'a,b', '--tenant', 'acme']],
    [['create', '--user', 'a b', '--tenant', 'acme']],
    [['create', '--user', '', '--tenant', 'acme']],
    [['create', '--user', 'ada', '--tenant', 'acme', '--name', 'a\nb']],
    [['create', '--user', 'ada', '--tenant', 'acme', '--days', '0']],
    [['create', '--user', 'ada', '--tenant', 'acme', '--days', '1e3']],
    [['create', '--user', 'ada', '--tenant', 'acme', '--admin']],
    [['list', 'all']],
    [['list', '--user', 'ada']],
    [['revoke']],
    [['revoke', 'a', 'b']],
  ])('refuses %j', async (args) => {
    const { run, created, revoked } = setUp();
    await expect(run(...args)).rejects.toThrow(UsageError);
    expect([created, revoked]).toEqual([[], []]);
  });
});
