import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Selectable } from 'kysely';
import { DATABASE } from '../../database/database.module.js';
import type { ApiKeyTable, Database } from '../../database/schema.js';
import type { Owner } from '../owner.js';
import { makeApiKey } from './api-key.js';

export type ApiKeyRow = Selectable<ApiKeyTable>;

export interface NewApiKey {
  owner: Owner;
  name: string;
  /** Null: it does not expire. */
  expiresAt: number | null;
}

/** The API keys. The keys themselves are not in the database: only their hashes are. */
@Injectable()
export class ApiKeyStore {
  constructor(@Inject(DATABASE) private readonly db: Kysely<Database>) {}

  /** Makes a key and stores its hash. The key in the result is its only copy. */
  async create({ owner, name, expiresAt }: NewApiKey, now: number): Promise<{ id: string; key: string }> {
    const { id, key, hash } = makeApiKey();
    await this.db
      .insertInto('api_keys')
      .values({
        id,
        tenant_id: owner.tenant_id,
        user_id: owner.user_id,
        name,
        hash,
        created_at: now,
        expires_at: expiresAt,
        last_used_at: null,
        revoked_at: null,
      })
      .execute();
    return { id, key };
  }

  find(id: string): Promise<ApiKeyRow | undefined> {
    return this.db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** Oldest first. */
  list(): Promise<ApiKeyRow[]> {
    return this.db.selectFrom('api_keys').selectAll().orderBy('created_at').orderBy('id').execute();
  }

  /** Ends a key for good. False when there is no such key, or it was revoked before. */
  async revoke(id: string, now: number): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable('api_keys')
      .set({ revoked_at: now })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async markUsed(id: string, now: number): Promise<void> {
    await this.db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', id).execute();
  }
}
