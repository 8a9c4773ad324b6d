import { isErrorCode } from '../protocol/error-code.js';

/** What the log tells of an error. */
export interface ErrorFields {
  type: string;
  code?: string;
  /** Only at `debug` and below: texts of errors quote what people and providers wrote. */
  message?: string;
  stack?: string[];
  cause?: ErrorFields;
}

const MAX_CAUSES = 4;
/** Codes of Node, of undici and of SQLite; a provider's may be any text. */
const SYSTEM_CODE = /^(?:E[A-Z0-9]{2,24}|(?:ERR|UND_ERR|HPE|SQLITE)_[A-Z0-9_]{1,60})$/;

/**
 * Describes an error for the log: its type, code, the places it passed and its causes. Its texts are left out unless `texts`,
 * because no prompt, answer, key or tool argument may reach the log at the default level.
 */
export function errorFields(error: unknown, texts: boolean, causes = MAX_CAUSES): ErrorFields {
  if (!(error instanceof Error)) return { type: typeof error, ...(texts && { message: String(error) }) };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  const stack = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.constructor.name,
    ...(typeof code === 'string' && (texts || SYSTEM_CODE.test(code) || isErrorCode(code)) && { code }),
    ...(texts && { message: error.message }),
    ...(stack && stack.length > 0 && { stack: stack.map((line) => line.trim()) }),
    ...(cause !== undefined && causes > 0 && { cause: errorFields(cause, texts, causes - 1) }),
  };
}
