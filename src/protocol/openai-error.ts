import { errorKinds, isErrorCode } from './error-code.js';

/** The `error` object of OpenAI's API, before a stream (beside a problem document) and in one. */
export interface OpenAiError {
  message: string;
  type: 'invalid_request_error' | 'rate_limit_error' | 'server_error';
  /** The field of the request that is wrong. */
  param: string | null;
  code: string;
}

/** Codes by which clients know what is wrong, where OpenAI's differ from ours. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  unauthorized: 'invalid_api_key',
  unsupported_parameter: 'unsupported_value',
};

export function toOpenAiError(error: { code: string; message: string; param?: unknown }): OpenAiError {
  const { code, message, param } = error;
  return {
    message,
    type: typeOf(isErrorCode(code) ? errorKinds[code].status : 500),
    param: typeof param === 'string' ? param : null,
    code: OPENAI_CODES[code] ?? code,
  };
}

function typeOf(status: number): OpenAiError['type'] {
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}
