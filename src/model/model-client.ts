import type { Observable } from 'rxjs';
import type { Packed } from '../protocol/packed.js';
import type { FinishReason, TokenLogprob, UsageCounts } from '../protocol/run-event.js';

/** A part of a message: text, or what a client gave besides text (an image, audio, a file), which is passed on as it is. */
export type ContentPart = { type: 'text'; text: string } | { type: string; [field: string]: unknown };

/** A message as OpenAI-compatible providers take it. */
export type ModelMessage =
  | { role: 'system' | 'developer' | 'user'; content: string | readonly ContentPart[]; name?: string }
  | {
      role: 'assistant';
      content: string | readonly ContentPart[] | null;
      refusal?: string;
      name?: string;
      tool_calls?: ModelToolCall[];
    }
  | { role: 'tool'; tool_call_id: string; content: string | readonly ContentPart[] };

export interface ModelToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** A tool as the model sees it; `parameters` is a JSON Schema. */
export interface ModelTool {
  type: 'function';
  function: {
    name: string;
    description?: string;
    parameters?: Record<string, unknown>;
    strict?: boolean | null;
  };
}

/** Fields of a chat completion request (temperature, response_format, …) that a user has chosen; their names are checked before. */
export type ModelParameters = Readonly<Record<string, unknown>>;

export interface ModelRequest {
  /** The name of the model in `GET /api/models`. */
  model: string;
  messages: readonly ModelMessage[];
  /** Sent only when it is not empty. */
  tools: readonly ModelTool[];
  /** They go before the model's own parameters, and after its `extra_body`. */
  parameters?: ModelParameters;
}

/** One piece of what a model says. `index` is the model's own number of a tool call within the answer. */
export type ModelDelta =
  /** Several chunks in a row may come packed. */
  | Packed<{ type: 'text' | 'reasoning'; delta: string }>
  | { type: 'refusal'; delta: string }
  /** Of the text or refusal that comes next. */
  | { type: 'logprobs'; content?: TokenLogprob[]; refusal?: TokenLogprob[] }
  | { type: 'tool_call'; index: number; id?: string; name?: string; args: string }
  | { type: 'finish'; finish_reason: FinishReason }
  | { type: 'usage'; usage: UsageCounts }
  | { type: 'response'; response_id: string }
  /** The request failed before the first token and is tried again; `attempt` is the number of the next one, from 2. */
  | { type: 'retry'; attempt: number; reason: string };

/**
 * The port to model providers.
 *
 * `stream` is cold: subscribing makes the request, unsubscribing closes it at once. Each emission holds
 * what one read of the socket brought, in order. The stream is drained to its end, so that a usage chunk after the finish
 * chunk is seen; `finish`, then `usage` if there is one, come once, last, together. `response` comes at most once, before the
 * first piece of the answer. It completes only after a `finish` delta, whose reason is `tool_calls`, not `stop`, when there are tool
 * calls. It errors with a `MillraceError`: `unknown_model`, `upstream_*`, `context_length_exceeded`, `content_policy_violation`,
 * `first_chunk_timeout` or `chunk_gap_timeout`. Retries happen only before the first token.
 */
export interface ModelClient {
  stream(request: ModelRequest): Observable<readonly ModelDelta[]>;
}
export const MODEL_CLIENT = Symbol('ModelClient');
