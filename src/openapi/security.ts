import type { Route } from './route.js';

/** How a server knows its users: by what its operator has chosen as AUTH_MODE. */
export const securitySchemes = {
  ApiKey: { type: 'http', scheme: 'bearer', description: '`AUTH_MODE=api-key`: a key of this server.' },
  ApiKeyHeader: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Api-Key',
    description: '`AUTH_MODE=api-key`: the same key. One of the two headers, not both.',
  },
  MetricsToken: { type: 'http', scheme: 'bearer', description: 'The `METRICS_TOKEN` of this server.' },
} as const;

export type SecurityRequirement = { [scheme in keyof typeof securitySchemes]?: never[] };

/**
 * Alternatives, one of which is enough. A server without authentication, or behind a gateway that authenticates, takes a request as
 * it is: that is the empty alternative.
 */
export function securityOf({ access }: Route): SecurityRequirement[] {
  switch (access) {
    case 'public':
      return [];
    case 'operator':
      return [{ MetricsToken: [] }];
    case 'owner':
    case undefined:
      return [{ ApiKey: [] }, { ApiKeyHeader: [] }, {}];
  }
}
