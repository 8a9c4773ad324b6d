import { MillraceError } from '../../protocol/error-code.js';
import { agUiDialect } from './ag-ui/ag-ui-dialect.js';
import type { AgUiMessage } from './ag-ui/ag-ui-event.js';
import { aiSdkDialect } from './ai-sdk/ai-sdk-dialect.js';
import type { Dialect } from './dialect.js';
import { nativeDialect } from './native/native-dialect.js';
import { openAiDialect } from './openai/openai-dialect.js';

export const DIALECT_NAMES = ['native', 'openai', 'ai-sdk', 'ag-ui'] as const;
export type DialectName = (typeof DIALECT_NAMES)[number];

/** Reads `?dialect=`; absent is native. Throws `invalid_parameter`. */
export function readDialectName(value: unknown): DialectName {
  if (value === undefined) return 'native';
  const name = DIALECT_NAMES.find((one) => one === value);
  if (name) return name;
  throw new MillraceError('invalid_parameter', {
    detail: `dialect must be one of ${DIALECT_NAMES.join(', ')}.`,
    members: { param: 'dialect' },
  });
}

/**
 * A dialect for readers that say where they were: every frame that they may go on after has an id, errors are told in the stream, and a
 * response may end before its run does. `before` is the thread before the run, for AG-UI.
 */
export function resumableDialect(name: DialectName, before: readonly AgUiMessage[] = []): Dialect {
  return { ...dialectOf(name, before), resumable: true, holdsHeaders: false };
}

function dialectOf(name: DialectName, before: readonly AgUiMessage[]): Dialect {
  switch (name) {
    case 'native':
      return nativeDialect;
    case 'openai':
      return openAiDialect({ includeUsage: true, withIds: true });
    case 'ai-sdk':
      return aiSdkDialect();
    case 'ag-ui':
      return agUiDialect({ before });
  }
}
