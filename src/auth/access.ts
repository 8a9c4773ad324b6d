import { SetMetadata } from '@nestjs/common';

/**
 * Who may call a route. `owner`, the default, is a user of this server; `operator` is whoever holds METRICS_TOKEN; `public` is
 * anybody.
 */
export type Access = 'owner' | 'operator' | 'public';

export const ACCESS = Symbol('Access');

/** Opens a route, or all routes of a controller, to everybody. A route without it answers only to its owner. */
export const Public = () => SetMetadata(ACCESS, 'public' satisfies Access);

/** Keeps a route for the operator's own tools; no user reaches it. */
export const ForOperators = () => SetMetadata(ACCESS, 'operator' satisfies Access);
