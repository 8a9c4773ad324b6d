import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import type { Owner } from '../auth/owner.js';
import { DATABASE } from '../database/database.module.js';
import type { Database } from '../database/schema.js';
import { lockingRows, transact } from '../database/transact.js';
import type { AgentConfig } from '../protocol/agent.js';
import { MillraceError } from '../protocol/error-code.js';

export interface StoredAgent {
  config: AgentConfig;
  created_at: number;
  updated_at: number;
}

/** The agents of each owner. */
@Injectable()
export class AgentStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /** By their names. */
  list(owner: Owner): Promise<StoredAgent[]> {
    return findAgents(this.db, owner);
  }

  async find(owner: Owner, name: string): Promise<StoredAgent | undefined> {
    return (await findAgents(this.db, owner, [name]))[0];
  }

  /** What is not there is left out. */
  async findAll(owner: Owner, names: readonly string[]): Promise<Map<string, AgentConfig>> {
    const found = await findAgents(this.db, owner, names);
    return new Map(found.map(({ config }) => [config.name, config]));
  }

  /** Throws `agent_exists`. */
  async create(owner: Owner, config: AgentConfig, now: number): Promise<void> {
    const row = { ...owner, name: config.name, config: JSON.stringify(config) };
    const { numInsertedOrUpdatedRows: inserted } = await this.db
      .insertInto('agents')
      .values({ ...row, created_at: now, updated_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (inserted === 0n) throw agentExists(config.name);
  }

  /** Puts `config` in the place of an agent; another name of it goes to the agents that may call it. Throws `agent_not_found` and `agent_exists`. */
  async replace(owner: Owner, name: string, config: AgentConfig, now: number): Promise<void> {
    await transact(this.db, async (db) => {
      await lockAgent(db, owner, name);
      const renamed = config.name !== name;
      if (renamed && (await findAgents(db, owner, [config.name])).length > 0) throw agentExists(config.name);
      await writeAgent(db, owner, name, config, now);
      if (!renamed) return;
      for (const caller of await callersOf(db, owner, name))
        await writeAgent(db, owner, caller.name, withCallee(caller, name, config.name), now);
    });
  }

  /** Throws `agent_not_found`, and `agent_in_use` while other agents may call it; the problem names those. */
  async remove(owner: Owner, name: string): Promise<void> {
    await transact(this.db, async (db) => {
      await lockAgent(db, owner, name);
      const callers = (await callersOf(db, owner, name)).map((caller) => caller.name);
      const others = callers.filter((caller) => caller !== name);
      if (others.length > 0)
        throw new MillraceError('agent_in_use', {
          detail: `These agents may call it: ${others.join(', ')}.`,
          members: { agents: others },
        });
      await db
        .deleteFrom('agents')
        .where('tenant_id', '=', owner.tenant_id)
        .where('user_id', '=', owner.user_id)
        .where('name', '=', name)
        .execute();
    });
  }
}

export function agentNotFound(name: string): MillraceError {
  return new MillraceError('agent_not_found', { detail: `There is no agent "${name}".` });
}

function agentExists(name: string): MillraceError {
  return new MillraceError('agent_exists', { detail: `There is an agent "${name}" already.` });
}

async function findAgents(
  db: Kysely<Database>,
  owner: Owner,
  names?: readonly string[],
): Promise<StoredAgent[]> {
  if (names?.length === 0) return [];
  let query = db
    .selectFrom('agents')
    .select(['config', 'created_at', 'updated_at'])
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .orderBy('name');
  if (names) query = query.where('name', 'in', names);
  const rows = await query.execute();
  return rows.map(({ config, ...times }) => ({ ...times, config: JSON.parse(config) as AgentConfig }));
}

/** Nobody else changes it before this transaction has ended. Throws `agent_not_found`. */
async function lockAgent(db: Transaction<Database>, owner: Owner, name: string): Promise<void> {
  const query = db
    .selectFrom('agents')
    .select('name')
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('name', '=', name);
  if (!(await lockingRows(query, db).executeTakeFirst())) throw agentNotFound(name);
}

async function callersOf(db: Transaction<Database>, owner: Owner, name: string): Promise<AgentConfig[]> {
  const all = await findAgents(db, owner);
  return all.map(({ config }) => config).filter(({ agents }) => agents.includes(name));
}

async function writeAgent(
  db: Transaction<Database>,
  owner: Owner,
  name: string,
  config: AgentConfig,
  now: number,
): Promise<void> {
  await db
    .updateTable('agents')
    .set({ name: config.name, config: JSON.stringify(config), updated_at: now })
    .where('tenant_id', '=', owner.tenant_id)
    .where('user_id', '=', owner.user_id)
    .where('name', '=', name)
    .execute();
}

/** An agent that may call `to` where it might call `from`. */
export function withCallee(config: AgentConfig, from: string, to: string): AgentConfig {
  return { ...config, agents: config.agents.map((agent) => (agent === from ? to : agent)) };
}
