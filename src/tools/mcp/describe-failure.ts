import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { CONNECTION_ENDED } from '../transport/bounded-fetch.js';
import { McpFailure } from './mcp-failure.js';

/** The server has forgotten our session: the request was not carried out and can be sent again in a new one. */
export function isSessionLost(error: unknown): boolean {
  if (!(error instanceof SdkHttpError)) return false;
  return error.status === 404 || (error.status === 400 && /session/i.test(String(error.data['text'])));
}

/** The server speaks only revisions of MCP that begin with `server/discover` (2026-07-28 and later). */
export function isModernOnly(error: unknown): boolean {
  if (error instanceof ProtocolError) return error.code === UNSUPPORTED_VERSION;
  return (
    error instanceof SdkHttpError &&
    error.status === 400 &&
    String(error.data['text']).includes(`${UNSUPPORTED_VERSION}`)
  );
}
const UNSUPPORTED_VERSION = -32_022;

/** The server did not answer a call in time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout;
}

/** What the server said when it refused a request, as it said it; null when it is no refusal. */
export function refusalOf(error: unknown): string | null {
  return error instanceof ProtocolError ? error.message : null;
}

export function describeFailure(error: unknown): McpFailure {
  if (error instanceof McpFailure) return error;
  if (error instanceof ProtocolError && error.code === CONNECTION_ENDED) {
    return new McpFailure('The connection to the server ended.', true, error);
  }
  if (error instanceof ProtocolError) {
    return new McpFailure(`The server refused the request (JSON-RPC error ${error.code}).`, false, error);
  }
  if (error instanceof SdkHttpError) {
    return new McpFailure(`The server answered with HTTP status ${error.status ?? 'unknown'}.`, true, error);
  }
  if (error instanceof SdkError) return new McpFailure(sdkText(error), !ofResult.has(error.code), error);
  const code = systemCode(error);
  if (code !== undefined)
    return new McpFailure(systemTexts.get(code) ?? `The connection failed (${code}).`, true, error);
  return new McpFailure('The connection failed.', true, error);
}

/** The server works; what it answered to this request cannot be used. */
const ofResult = new Set<SdkErrorCode>([SdkErrorCode.InvalidResult, SdkErrorCode.UnsupportedResultType]);

function sdkText(error: SdkError): string {
  switch (error.code) {
    case SdkErrorCode.RequestTimeout:
      return 'The server did not answer in time.';
    case SdkErrorCode.ConnectionClosed:
    case SdkErrorCode.NotConnected:
    case SdkErrorCode.SendFailed:
      return 'The connection to the server ended.';
    case SdkErrorCode.ClientHttpAuthentication:
    case SdkErrorCode.ClientHttpForbidden:
      return 'The server refused the credentials.';
    case SdkErrorCode.UnsupportedResultType:
      return 'The tool asks for input from a person, which is not supported.';
    case SdkErrorCode.InvalidResult:
      return 'The server answered with something that is not MCP.';
    default:
      return `The connection failed (${error.code}).`;
  }
}

const systemTexts = new Map([
  ['ENOENT', 'The command was not found.'],
  ['EACCES', 'The command may not be run.'],
  ['ECONNREFUSED', 'The connection was refused.'],
  ['ECONNRESET', 'The connection was reset.'],
  ['ENOTFOUND', 'The host name was not found.'],
  ['UND_ERR_CONNECT_TIMEOUT', 'The connection took too long.'],
]);

/** The code of a system error, which `fetch` puts into the cause of its own. */
function systemCode(error: unknown): string | undefined {
  for (let one = error, depth = 0; depth < 4 && typeof one === 'object' && one !== null; depth += 1) {
    const { code, cause } = one as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return code;
    one = cause;
  }
  return undefined;
}
