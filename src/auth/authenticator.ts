import type { Request } from 'express';
import type { Owner } from './owner.js';

/**
 * Why a request belongs to nobody. It is for the log and the metrics only: a client learns no more than that it is not
 * authenticated.
 */
export type RefusalReason =
  | 'no_credential'
  | 'several_credentials'
  | 'malformed_credential'
  | 'unknown_key'
  | 'wrong_secret'
  | 'expired_key'
  | 'revoked_key'
  | 'foreign_peer'
  | 'malformed_identity'
  | 'wrong_token';

/** A request whose credentials were not accepted. */
export class Refusal extends Error {
  constructor(readonly reason: RefusalReason) {
    super(reason);
    this.name = 'Refusal';
  }
}

/**
 * Says who a request belongs to, from its headers and its socket alone. The one place where credentials are read.
 */
export interface Authenticator {
  /** The `WWW-Authenticate` of a 401 (RFC 9110 §11.6.1). */
  readonly challenge: string;
  /** What a refused client should do; safe to show. */
  readonly hint: string;
  /** Rejects with Refusal when the request belongs to nobody. Other errors mean that this could not be found out. */
  authenticate(request: Request): Promise<Owner>;
}

export const AUTHENTICATOR = Symbol('Authenticator');
