import type { Request } from 'express';
import { Refusal, type Authenticator } from '../authenticator.js';
import { secretsEqual, singleHeader } from '../credentials.js';
import { isIdentity, type Owner } from '../owner.js';
import { TrustedProxies } from './trusted-proxies.js';

/**
 * AUTH_MODE=gateway: the gateway has authenticated the user and says who it is in `X-User-Id` and `X-Tenant-Id`. Believed only
 * from a socket whose peer is in TRUSTED_PROXIES and that knows GATEWAY_SECRET; each header exactly once.
 */
export class GatewayAuthenticator implements Authenticator {
  readonly challenge = 'Gateway realm="millrace"';
  readonly hint = 'Send the request through the gateway of this server.';
  readonly #proxies: TrustedProxies;

  constructor(
    networks: readonly string[],
    private readonly secret: string,
  ) {
    if (secret === '') throw new Error('The gateway authenticator needs a secret');
    this.#proxies = new TrustedProxies(networks);
  }

  authenticate(request: Request): Promise<Owner> {
    return Promise.resolve().then(() => this.#identify(request));
  }

  #identify(request: Request): Owner {
    if (!this.#proxies.includes(request.socket.remoteAddress)) throw new Refusal('foreign_peer');
    const secret = singleHeader(request, 'x-gateway-secret');
    if (secret === undefined) throw new Refusal('no_credential');
    if (!secretsEqual(secret, this.secret)) throw new Refusal('wrong_secret');
    return { tenant_id: identity(request, 'x-tenant-id'), user_id: identity(request, 'x-user-id') };
  }
}

function identity(request: Request, name: string): string {
  const value = singleHeader(request, name);
  if (value === undefined || !isIdentity(value)) throw new Refusal('malformed_identity');
  return value;
}
