import type { Dialect } from '../dialect.js';
import { AgUiEncoder, type AgUiStreamOptions } from './ag-ui-encoder.js';

/**
 * AG-UI, for clients of 1.0 and of 0.0.x. They take any end of a response for the end of the run, so none is ended early; who comes back
 * gets the messages so far and what follows.
 */
export function agUiDialect(options: AgUiStreamOptions = {}): Dialect {
  return {
    name: 'ag-ui',
    resumable: false,
    holdsHeaders: false,
    encoder: () => new AgUiEncoder(options),
  };
}
