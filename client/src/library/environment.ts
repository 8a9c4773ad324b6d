import { browserEnvironment } from '../stream/browser-environment.js';
import type { StreamEnvironment } from '../stream/environment.js';
import type { ServerOptions } from './options.js';

const nothing = (): void => undefined;

/** The world of a follower, in browsers and elsewhere, whose requests go to this server. */
export function environmentOf({
  url,
  headers = {},
  fetch: get = globalThis.fetch,
}: ServerOptions): StreamEnvironment {
  return {
    ...browserEnvironment,
    fetch(path, init) {
      const own = typeof headers === 'function' ? headers() : headers;
      const address = url === undefined ? path : url.replace(/\/+$/, '') + path;
      return get(address, { ...init, headers: { ...(init.headers as Record<string, string>), ...own } });
    },
    onWake: typeof document === 'undefined' ? () => nothing : browserEnvironment.onWake,
  };
}
