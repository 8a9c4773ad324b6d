import { MillraceError } from '../protocol/error-code.js';
import type { ErrorCode } from '../protocol/error-code.js';

/** What a provider says of a failure, in whatever of these fields it fills. */
export interface UpstreamReport {
  status?: number;
  code?: string;
  type?: string;
  message?: string;
  /** The field of the request that is wrong, for example `messages[0].content`. */
  param?: string;
  retryAfterMs?: number;
}

const CONTEXT_CODES = new Set(['context_length_exceeded', 'string_above_max_length', 'request_too_large']);
const CONTEXT_WORDS =
  /context (?:length|window|size)|maximum context|too many (?:input )?tokens|(?:prompt|input|request) is too long|reduce the length/i;
const POLICY_CODES = new Set([
  'content_policy_violation',
  'content_filter',
  'invalid_prompt',
  'data_inspection_failed',
]);
const NO_CREDIT = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'insufficient_balance']);

/**
 * The error for a provider's answer with an error status. The provider's own words reach the user only where the fault is the
 * user's to fix (the context is too long, or a field that is one of `usersFields`), shortened and without addresses and keys;
 * otherwise they are the error's cause, for the log, without any of `secrets`.
 */
export function errorOfStatus(
  report: UpstreamReport,
  secrets: readonly string[] = [],
  usersFields: readonly string[] = [],
): MillraceError {
  const cause = new Error(withoutSecrets(describe(report), secrets));
  const { status = 0, code = '', type = '', message = '', param = '', retryAfterMs } = report;
  if (NO_CREDIT.has(code) || NO_CREDIT.has(type) || status === 402) {
    return new MillraceError('upstream_rejected', {
      detail: 'The account at the model provider has no credit left.',
      cause,
    });
  }
  if (status === 400 || status === 413 || status === 422) {
    if (CONTEXT_CODES.has(code) || CONTEXT_WORDS.test(message)) {
      return new MillraceError('context_length_exceeded', { detail: forUser(message, secrets), cause });
    }
    if (POLICY_CODES.has(code)) return new MillraceError('content_policy_violation', { cause });
    if (usersFields.includes(/^\w*/.exec(param)![0]))
      return new MillraceError('parameter_rejected', { detail: forUser(message, secrets), cause });
  }
  return new MillraceError(codeOfStatus(status), { cause, retryAfterMs });
}

/**
 * The error for an `error` that a provider sends inside its stream, when the status is spent: `{code, type, message}`, or only a
 * text. Some put a status number into `code`.
 */
export function errorInStream(error: unknown, secrets: readonly string[] = []): MillraceError {
  const fields = (typeof error === 'object' && error !== null ? error : { message: error }) as Record<
    string,
    unknown
  >;
  const number = Number(fields['code'] ?? fields['status']);
  const report: UpstreamReport = {
    status: Number.isInteger(number) && number >= 400 && number < 600 ? number : undefined,
    code: typeof fields['code'] === 'string' ? fields['code'] : undefined,
    type: typeof fields['type'] === 'string' ? fields['type'] : undefined,
    message: typeof fields['message'] === 'string' ? fields['message'] : undefined,
  };
  return errorOfStatus({ ...report, status: report.status ?? statusOfName(report) }, secrets);
}

/** The error for a connection that could not be made, or broke before the answer began. */
export function errorOfConnection(error: unknown, secrets: readonly string[] = []): MillraceError {
  return new MillraceError('upstream_unavailable', {
    cause: new Error(withoutSecrets(connectionText(error), secrets)),
  });
}

/** True when the same request may succeed on another try. */
export function isTransient({ code }: MillraceError): boolean {
  return code === 'upstream_rate_limited' || code === 'upstream_unavailable' || code === 'upstream_cut';
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'upstream_unauthorized';
  if (status === 429) return 'upstream_rate_limited';
  if (status === 408 || status === 409 || status >= 500) return 'upstream_unavailable';
  return 'upstream_rejected';
}

function statusOfName({ code = '', type = '', message = '' }: UpstreamReport): number {
  const name = `${code} ${type}`;
  if (/rate_?limit|too_many_requests/i.test(name)) return 429;
  if (/auth|permission/i.test(name)) return 401;
  if (/invalid|bad_?request|content_/i.test(name) || CONTEXT_CODES.has(code) || CONTEXT_WORDS.test(message)) {
    return 400;
  }
  return 500;
}

function describe({ status, code, type, message }: UpstreamReport): string {
  return [status, code ?? type, message].filter((part) => part !== undefined && part !== '').join(' ');
}

function connectionText(error: unknown): string {
  const { code, message, cause } = (error ?? {}) as { code?: unknown; message?: unknown; cause?: unknown };
  const words = [code, message].filter((part) => typeof part === 'string').join(' ') || 'connection failed';
  return cause === undefined || cause === null ? words : `${words}: ${connectionText(cause)}`;
}

const LONGEST_READ = 4000;
const LONGEST_CAUSE = 500;
const LONGEST_DETAIL = 300;
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi;
const KEY = /\b(?:(?:sk|pk|rk|key|gsk|xai)[-_]|AIza|AKIA|eyJ)[A-Za-z0-9_.*-]{8,}|\bBearer\s+\S+/g;

/** Only the beginning is looked at, because providers may send megabytes and the patterns are not linear. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce(
    (rest, secret) => rest.replaceAll(secret, '[secret]'),
    text.slice(0, LONGEST_READ),
  );
  return cut(known.replace(KEY, '[secret]').replace(CONTROLS, ' '), LONGEST_CAUSE);
}

function forUser(message: string, secrets: readonly string[]): string | undefined {
  const safe = withoutSecrets(message, secrets).replace(ADDRESS, '').replace(/\s+/g, ' ').trim();
  return safe === '' ? undefined : cut(safe, LONGEST_DETAIL);
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`;
}
