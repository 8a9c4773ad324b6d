import { parseArgs } from 'node:util';
import { isIdentity } from '../owner.js';
import type { ApiKeyRow, ApiKeyStore } from './api-key.store.js';

const DAY_MS = 86_400_000;
const MAX_DAYS = 3650;

export const USAGE = `Usage:
  api-key create --user <id> --tenant <id> [--name <note>] [--days <n>]   prints the key, this once
  api-key list
  api-key revoke <id>                                                     holds from the next request on
`;

/** The arguments make no command. The message is for the person who typed them. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface CommandWorld {
  store: Pick<ApiKeyStore, 'create' | 'list' | 'revoke'>;
  now: number;
  /** Results, for programs and people. */
  print(text: string): void;
  /** Remarks, for people. */
  remark(text: string): void;
}

/**
 * Runs one command on the API keys.
 * @throws UsageError
 */
export async function runApiKeyCommand(args: readonly string[], world: CommandWorld): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, id, ...rest] = positionals;
  const hasOptions = Object.keys(values).length > 0;
  if (command === 'create' && id === undefined) return create(values, world);
  if (command === 'list' && id === undefined && !hasOptions) return list(world);
  if (command === 'revoke' && id !== undefined && rest.length === 0 && !hasOptions) return revoke(id, world);
  throw new UsageError(USAGE);
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { user: text, tenant: text, name: text, days: text },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`);
  }
}

type CreateOptions = ReturnType<typeof parse>['values'];

async function create({ user, tenant, name = '', days }: CreateOptions, world: CommandWorld): Promise<void> {
  if (user === undefined || tenant === undefined) throw new UsageError(USAGE);
  for (const [option, value] of Object.entries({ user, tenant }))
    if (!isIdentity(value))
      throw new UsageError(`--${option}: 1 to 128 visible ASCII characters without a comma\n`);
  if (!/^[^\p{Cc}]{0,100}$/u.test(name))
    throw new UsageError('--name: at most 100 characters, none of them a control character\n');
  const owner = { tenant_id: tenant, user_id: user };
  const expiresAt = days === undefined ? null : world.now + lifetime(days) * DAY_MS;
  const { id, key } = await world.store.create({ owner, name, expiresAt }, world.now);
  world.print(`${key}\n`);
  world.remark(
    `Key ${id} speaks for user ${user} of tenant ${tenant}. Keep it now: only its hash is stored.\n`,
  );
}

function lifetime(days: string): number {
  const number = /^\d{1,4}$/.test(days) ? Number(days) : 0;
  if (number < 1 || number > MAX_DAYS) throw new UsageError(`--days: a whole number from 1 to ${MAX_DAYS}\n`);
  return number;
}

async function list(world: CommandWorld): Promise<void> {
  const rows = (await world.store.list()).map((row) => [
    row.id,
    row.tenant_id,
    row.user_id,
    stateOf(row, world.now),
    day(row.created_at),
    day(row.expires_at),
    day(row.last_used_at),
    row.name,
  ]);
  const table = [['id', 'tenant', 'user', 'state', 'created', 'expires', 'last used', 'name'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table)
    world.print(
      `${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}\n`,
    );
}

async function revoke(id: string, world: CommandWorld): Promise<void> {
  if (!(await world.store.revoke(id, world.now)))
    throw new UsageError(`There is no key ${id} that could be revoked.\n`);
  world.remark(`Key ${id} is revoked.\n`);
}

function stateOf({ revoked_at, expires_at }: ApiKeyRow, now: number): string {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && expires_at <= now ? 'expired' : 'valid';
}

function day(ms: number | null): string {
  return ms === null ? '-' : new Date(ms).toISOString().slice(0, 10);
}
