import { Logger } from '@nestjs/common';
import type { Request } from 'express';
import { Refusal, type Authenticator } from '../authenticator.js';
import { bearerToken, secretsEqual, singleHeader } from '../credentials.js';
import type { Owner } from '../owner.js';
import { apiKeyId, hashApiKey } from './api-key.js';
import type { ApiKeyRow, ApiKeyStore } from './api-key.store.js';

/** The time of the last use is kept to this precision, so that reading does not mean writing. */
const USE_PRECISION_MS = 60_000;

/** AUTH_MODE=api-key: a key in `Authorization: Bearer` or in `x-api-key`, not in both. */
export class ApiKeyAuthenticator implements Authenticator {
  readonly challenge = 'Bearer realm="millrace"';
  readonly hint = 'Send an API key of this server as Authorization: Bearer <key>.';
  readonly #logger = new Logger(ApiKeyAuthenticator.name);

  constructor(
    private readonly store: Pick<ApiKeyStore, 'find' | 'markUsed'>,
    private readonly now: () => number = Date.now,
  ) {}

  async authenticate(request: Request): Promise<Owner> {
    const key = presentedKey(request);
    const id = apiKeyId(key);
    if (id === null) throw new Refusal('malformed_credential');
    const row = await this.store.find(id);
    const now = this.now();
    // An unknown id costs a comparison, too, so that its answer takes no other time.
    const matches = secretsEqual(hashApiKey(key), row?.hash ?? '');
    if (!row) throw new Refusal('unknown_key');
    if (!matches) throw new Refusal('wrong_secret');
    if (row.revoked_at !== null) throw new Refusal('revoked_key');
    if (row.expires_at !== null && row.expires_at <= now) throw new Refusal('expired_key');
    this.#noteUse(row, now);
    return { tenant_id: row.tenant_id, user_id: row.user_id };
  }

  /** In the background: the answer does not wait for it, and a database that takes no writes refuses nobody. */
  #noteUse({ id, last_used_at }: ApiKeyRow, now: number): void {
    if (last_used_at !== null && now - last_used_at < USE_PRECISION_MS) return;
    this.store
      .markUsed(id, now)
      .catch((err: unknown) => this.#logger.warn({ key_id: id, err }, 'The use of an API key was not noted'));
  }
}

function presentedKey(request: Request): string {
  const bearer = bearerToken(request);
  const header = singleHeader(request, 'x-api-key');
  if (bearer !== undefined && header !== undefined) throw new Refusal('several_credentials');
  const key = bearer ?? header;
  if (key === undefined) throw new Refusal('no_credential');
  return key;
}
