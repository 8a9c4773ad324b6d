/** A refusal as the UI shows it: read from `application/problem+json` (RFC 9457), or made here when the server sent none. */
export interface Problem {
  /** The HTTP status; 0 when no answer came. */
  status: number;
  /** A code of src/protocol/error-code.ts, or `http_<status>`, `network`, `not_a_stream`. */
  code: string;
  detail: string;
  retryable: boolean;
  /** What `Retry-After` asks for. */
  retryAfterMs?: number;
  /** What is wrong with each field (docs/errors.md). */
  errors?: unknown;
}

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(`${problem.code}: ${problem.detail}`, { cause });
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

const MAX_PROBLEM_LENGTH = 64 * 1024;

/** Reads a refused response. Never throws: a body that is no problem document gives a problem made from the status. */
export async function readProblem(response: Response): Promise<Problem> {
  const problem: Problem = {
    status: response.status,
    code: `http_${response.status}`,
    detail: '',
    retryable: isTransient(response.status),
    retryAfterMs: retryAfter(response.headers.get('retry-after')),
  };
  try {
    const text = await response.text();
    if (text.length > MAX_PROBLEM_LENGTH) return problem;
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return problem;
    if ('code' in body && typeof body.code === 'string') problem.code = body.code;
    if ('detail' in body && typeof body.detail === 'string') problem.detail = body.detail;
    if ('errors' in body) problem.errors = body.errors;
    if ('retryable' in body && typeof body.retryable === 'boolean') problem.retryable = body.retryable;
  } catch {
    return problem;
  }
  return problem;
}

export function networkProblem(): Problem {
  return { status: 0, code: 'network', detail: '', retryable: true };
}

export function problemOf(error: unknown): Problem {
  return error instanceof ProblemError ? error.problem : networkProblem();
}

/** True for a status that the same request may get past later. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Seconds only: a date would need the server's clock. */
function retryAfter(header: string | null): number | undefined {
  if (header === null || !/^\d{1,6}$/.test(header)) return undefined;
  return Number(header) * 1000;
}
