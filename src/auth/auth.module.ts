import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CONFIG, type Config } from '../config/config.js';
import { ApiKeyAuthenticator } from './api-key/api-key.authenticator.js';
import { ApiKeyStore } from './api-key/api-key.store.js';
import { AuthGuard } from './auth.guard.js';
import { AUTHENTICATOR, type Authenticator } from './authenticator.js';
import { GatewayAuthenticator } from './gateway/gateway.authenticator.js';
import { Identification } from './identification.js';
import { LocalAuthenticator } from './local.authenticator.js';

/** Exactly one way to authenticate, the one of AUTH_MODE, and one guard that asks it. */
@Module({
  providers: [
    ApiKeyStore,
    Identification,
    { provide: APP_GUARD, useClass: AuthGuard },
    { provide: AUTHENTICATOR, inject: [CONFIG, ApiKeyStore], useFactory: makeAuthenticator },
  ],
  exports: [Identification],
})
export class AuthModule {}

function makeAuthenticator(config: Config, keys: ApiKeyStore): Authenticator {
  switch (config.AUTH_MODE) {
    case 'none':
      return new LocalAuthenticator();
    case 'api-key':
      return new ApiKeyAuthenticator(keys);
    case 'gateway':
      return new GatewayAuthenticator(config.TRUSTED_PROXIES, config.GATEWAY_SECRET ?? '');
  }
}
