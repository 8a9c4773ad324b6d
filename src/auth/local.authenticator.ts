import type { Authenticator } from './authenticator.js';
import { LOCAL_OWNER, type Owner } from './owner.js';

/** AUTH_MODE=none: whoever reaches the server, which listens on loopback only, is its one user. Headers are not looked at. */
export class LocalAuthenticator implements Authenticator {
  readonly challenge = 'Bearer realm="millrace"';
  readonly hint = 'Send the METRICS_TOKEN of this server as Authorization: Bearer <token>.';

  authenticate(): Promise<Owner> {
    return Promise.resolve(LOCAL_OWNER);
  }
}
