/**
 * Every error that Millrace reports, before a stream (as an RFC 9457 problem) or in it (as `run.failed`). Errors are data:
 * the status, whether the same request may succeed later, and a text that is safe to show and says what to do.
 * docs/errors.md explains each; a test compares the two both ways.
 */
export interface ErrorKind {
  status: number;
  retryable: boolean;
  text: string;
}

export const errorKinds = {
  // The request
  invalid_json: { status: 400, retryable: false, text: 'The body is not valid JSON. Send one JSON object.' },
  blank_prompt: { status: 400, retryable: false, text: '用户消息不能为空' },
  blank_title: { status: 400, retryable: false, text: '标题不能为空' },
  model_required: { status: 400, retryable: false, text: '必须指定模型名称' },
  unknown_model: { status: 400, retryable: false, text: '找不到模型配置' },
  invalid_request: {
    status: 422,
    retryable: false,
    text: 'The request does not fit the schema. See `errors` for each field.',
  },
  invalid_parameter: { status: 400, retryable: false, text: 'A parameter is not valid.' },
  unsupported_parameter: {
    status: 400,
    retryable: false,
    text: 'This server does not support a field of the request, or its value.',
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    text: 'Send the body as application/json, not compressed.',
  },
  body_too_large: { status: 413, retryable: false, text: 'The body is larger than this server accepts.' },
  malformed_request: { status: 400, retryable: false, text: 'This is not a valid HTTP request.' },
  uri_too_long: { status: 414, retryable: false, text: 'The address is longer than this server accepts.' },
  headers_too_large: {
    status: 431,
    retryable: false,
    text: 'The headers are larger than this server accepts.',
  },
  not_found: { status: 404, retryable: false, text: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, retryable: false, text: 'This address does not take this method.' },
  request_timeout: {
    status: 408,
    retryable: true,
    text: 'The request did not arrive in time. Send it again.',
  },
  idempotency_mismatch: {
    status: 422,
    retryable: false,
    text: 'This Idempotency-Key was used with another body. Use a new key.',
  },
  misdirected_request: {
    status: 421,
    retryable: false,
    text: 'This server answers only for loopback host names while AUTH_MODE is none.',
  },
  foreign_origin: {
    status: 403,
    retryable: false,
    text: 'Requests from another origin are not allowed to change state.',
  },
  not_implemented: {
    status: 501,
    retryable: false,
    text: 'Millrace leaves this route of the seed out on purpose.',
  },

  // Who asks
  unauthorized: {
    status: 401,
    retryable: false,
    text: 'This address answers only to known users. Send a valid credential.',
  },
  credential_in_url: {
    status: 400,
    retryable: false,
    text: 'Credentials do not belong in the address, where histories and logs keep them. Send a header. Revoke this one.',
  },

  // Finding things
  conversation_not_found: { status: 404, retryable: false, text: '找不到对话' },
  file_not_found: {
    status: 404,
    retryable: false,
    text: 'The run has no file of this name. See its `files`.',
  },
  run_not_found: { status: 404, retryable: false, text: 'There is no such run.' },
  model_not_found: { status: 404, retryable: false, text: '找不到模型' },
  wrong_conversation_type: { status: 409, retryable: false, text: 'This conversation is of another type.' },

  graph_not_found: { status: 404, retryable: false, text: '找不到图' },
  graph_required: { status: 400, retryable: false, text: '必须指定图名称' },
  invalid_graph: { status: 400, retryable: false, text: '图配置无效' },
  graph_exists: {
    status: 409,
    retryable: false,
    text: 'There is a graph of this name. Choose another name, or say that it is to be replaced.',
  },
  graph_in_use: {
    status: 409,
    retryable: false,
    text: 'Other graphs have this graph as a part. Change those first.',
  },

  agent_not_found: { status: 404, retryable: false, text: 'There is no such agent.' },
  invalid_agent: {
    status: 400,
    retryable: false,
    text: 'The agent refers to what is not there. See `errors` for each fault.',
  },
  agent_exists: {
    status: 409,
    retryable: false,
    text: 'There is an agent of this name. Choose another name, or change that agent.',
  },
  agent_in_use: {
    status: 409,
    retryable: false,
    text: 'Other agents may call this agent. Change those first.',
  },

  conversation_busy: {
    status: 409,
    retryable: true,
    text: 'This conversation is still answering. Wait for its end, or send on_busy "queue" or "interrupt".',
  },

  // The server
  shutting_down: {
    status: 503,
    retryable: true,
    text: 'The server is shutting down. Try again in a moment.',
  },
  not_ready: {
    status: 503,
    retryable: true,
    text: 'This instance cannot serve now. See `checks` for what is down.',
  },
  storage_failed: {
    status: 503,
    retryable: true,
    text: 'The database did not accept the change. Try again.',
  },
  storage_full: {
    status: 507,
    retryable: true,
    text: 'The database has no room left. Nothing was changed. Try again when the operator has made room.',
  },
  log_unavailable: {
    status: 503,
    retryable: true,
    text: 'The live log does not answer. Try again in a moment.',
  },
  internal: {
    status: 500,
    retryable: true,
    text: 'Something went wrong here. The trace id finds it in the log.',
  },

  // The model, its clocks
  upstream_rejected: { status: 502, retryable: false, text: 'The model provider refused the request.' },
  parameter_rejected: {
    status: 400,
    retryable: false,
    text: 'The model provider refused a field of this request. Correct it or leave it out.',
  },
  context_length_exceeded: {
    status: 400,
    retryable: false,
    text: 'The conversation is longer than the model takes. Shorten the prompt or begin a new conversation.',
  },
  content_policy_violation: {
    status: 400,
    retryable: false,
    text: 'The model provider refused this prompt under its content rules. Change the prompt.',
  },
  upstream_unauthorized: {
    status: 502,
    retryable: false,
    text: 'The model provider refused the API key. Check the key of this model.',
  },
  upstream_rate_limited: {
    status: 502,
    retryable: true,
    text: 'The model provider is limiting requests. Try again later.',
  },
  upstream_unavailable: {
    status: 502,
    retryable: true,
    text: 'The model provider cannot be reached or is overloaded. Try again.',
  },
  upstream_cut: {
    status: 502,
    retryable: true,
    text: 'The model provider ended its stream too early. What had arrived is kept.',
  },
  upstream_garbage: {
    status: 502,
    retryable: true,
    text: 'The model provider sent something that is not a chat completion stream.',
  },
  first_chunk_timeout: { status: 504, retryable: true, text: 'The model did not begin to answer in time.' },
  chunk_gap_timeout: {
    status: 504,
    retryable: true,
    text: 'The model stopped in the middle of its answer. What had arrived is kept.',
  },
  run_timeout: {
    status: 504,
    retryable: true,
    text: 'The answer took longer than a run may take. What had arrived is kept.',
  },
  node_timeout: {
    status: 504,
    retryable: true,
    text: 'A node took longer than its timeout_seconds. What had arrived is kept.',
  },

  // The end of a run
  run_interrupted: {
    status: 503,
    retryable: true,
    text: 'The server stopped while it was answering. What had arrived is kept.',
  },

  // Tools (a tool that fails does not fail the run)
  tool_timeout: { status: 504, retryable: true, text: 'The tool did not answer in time.' },
  tool_server_unreachable: { status: 502, retryable: true, text: 'The MCP server cannot be reached.' },
  tool_server_not_found: {
    status: 404,
    retryable: false,
    text: 'There is no such MCP server in the configuration.',
  },

  // Warnings (never the end of a run)
  max_iterations: {
    status: 200,
    retryable: false,
    text: 'The tool loop reached its limit, so the answer ends here.',
  },
  upstream_retried: {
    status: 200,
    retryable: false,
    text: 'The model provider failed before it began to answer; the request is tried again.',
  },
  log_degraded: {
    status: 200,
    retryable: false,
    text: 'The live log of this answer was away for a while. It goes on here; nothing of the answer is missing.',
  },
  design_part_ignored: {
    status: 200,
    retryable: false,
    text: 'A node that the model proposed is not valid JSON, or has no name, and was left out.',
  },
  tool_output_cut: {
    status: 200,
    retryable: false,
    text: 'A tool result was longer than the limit and was cut.',
  },
  tool_refused: {
    status: 200,
    retryable: false,
    text: 'A tool of an MCP server was left out, because its definition is not safe to use.',
  },
  hidden_characters: {
    status: 200,
    retryable: false,
    text: 'The prompt holds invisible characters (Unicode tags) that the model may read. Check where the text came from.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorKinds, code);
}

/**
 * The one error that Millrace throws on purpose. `detail` replaces the table's text where there is more to say; it must be
 * safe to show. `cause` is for the log only.
 */
export class MillraceError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Further members of the problem document, for example `errors` or `model_name`. */
  readonly members: Readonly<Record<string, unknown>>;
  /** How long whoever failed asks to wait before the next attempt. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    options: {
      detail?: string;
      cause?: unknown;
      members?: Record<string, unknown>;
      retryAfterMs?: number;
    } = {},
  ) {
    const detail = options.detail ?? errorKinds[code].text;
    super(`${code}: ${detail}`, { cause: options.cause });
    this.name = 'MillraceError';
    this.code = code;
    this.detail = detail;
    this.members = options.members ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }

  get status(): number {
    return errorKinds[this.code].status;
  }

  get retryable(): boolean {
    return errorKinds[this.code].retryable;
  }
}
