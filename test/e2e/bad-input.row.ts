import type { ErrorCode } from '../../src/protocol/error-code.js';
import type { HttpAnswer } from '../support/http-client.js';
import type { BadInputSite } from './bad-input.site.js';

/** One input that nobody should send, with what must come of it (promises.md E.3; the name begins with its row there). */
export interface Row {
  name: string;
  send: (site: BadInputSite) => Promise<HttpAnswer>;
  status: number;
  /** The code of the problem. Absent where the input is harmless and gets an ordinary answer. */
  code?: ErrorCode;
  /** How many runs, and so model calls, it may make. Default 0. */
  runs?: number;
  check?: (answer: HttpAnswer, site: BadInputSite) => void | Promise<void>;
}
