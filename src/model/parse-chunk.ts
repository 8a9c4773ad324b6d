import { MillraceError } from '../protocol/error-code.js';
import { finishReason, tokenLogprob } from '../protocol/run-event.js';
import type { FinishReason, TokenLogprob, UsageCounts } from '../protocol/run-event.js';
import type { ModelDelta } from './model-client.js';
import { parseUsage } from './parse-usage.js';
import type { ToolCallFragments } from './tool-call-fragments.js';
import { errorInStream } from './upstream-error.js';

export interface ParsedChunk {
  /** What the model says in this chunk: log probabilities, reasoning, text, refusal and tool call pieces, in that order. */
  deltas: ModelDelta[];
  finish_reason?: FinishReason;
  usage?: UsageCounts;
  response_id?: string;
}

export interface ChunkContext {
  /** The tool calls of this answer so far. */
  calls: ToolCallFragments;
  /** Texts that an error must not repeat. */
  secrets?: readonly string[];
}

/**
 * Reads the data of one event of a chat completion stream (an OpenAI `chat.completion.chunk`; null is the same as absent).
 * Only the first choice is read. Whatever is missing or of an unexpected type is skipped.
 *
 * Throws `upstream_garbage` when it is not a JSON object, and the matching `upstream_*` error when it reports one: an `error`
 * member, or an event named `error`.
 */
export function parseChunk(data: string, { calls, secrets }: ChunkContext, event?: string): ParsedChunk {
  const chunk = parseObject(data);
  if (chunk['error'] || event === 'error') throw errorInStream(chunk['error'] ?? chunk, secrets);

  const parsed: ParsedChunk = { deltas: [] };
  if (typeof chunk['id'] === 'string' && chunk['id'] !== '') parsed.response_id = chunk['id'];
  const usage = parseUsage(chunk['usage']);
  if (usage) parsed.usage = usage;

  const choice = firstChoice(chunk['choices']);
  if (!choice) return parsed;
  const reason = choice['finish_reason'];
  if (reason === 'error') throw errorInStream(choice['error'], secrets);
  if (typeof reason === 'string' && reason !== '') parsed.finish_reason = toFinishReason(reason);
  readLogprobs(choice['logprobs'], parsed.deltas);
  if (isRecord(choice['delta'])) readDelta(choice['delta'], calls, parsed.deltas);
  return parsed;
}

function readLogprobs(logprobs: unknown, deltas: ModelDelta[]): void {
  if (!isRecord(logprobs)) return;
  const content = readTokens(logprobs['content']);
  const refusal = readTokens(logprobs['refusal']);
  if (content.length + refusal.length === 0) return;
  deltas.push({
    type: 'logprobs',
    ...(content.length > 0 && { content }),
    ...(refusal.length > 0 && { refusal }),
  });
}

/** Some servers leave out the bytes, or the other tokens. */
function readTokens(tokens: unknown): TokenLogprob[] {
  if (!Array.isArray(tokens)) return [];
  return tokens.filter(isRecord).flatMap((token) => {
    const others = Array.isArray(token['top_logprobs']) ? token['top_logprobs'].filter(isRecord) : [];
    const read = tokenLogprob.safeParse({ bytes: null, ...token, top_logprobs: others.map(withBytes) });
    return read.success ? [read.data] : [];
  });
}

function withBytes(token: Record<string, unknown>): Record<string, unknown> {
  return { bytes: null, ...token };
}

function readDelta(delta: Record<string, unknown>, calls: ToolCallFragments, deltas: ModelDelta[]): void {
  // DeepSeek, Qwen and older vLLM say reasoning_content; newer vLLM and OpenRouter say reasoning; some say both.
  const reasoning = nonEmpty(delta['reasoning_content']) ?? nonEmpty(delta['reasoning']);
  if (reasoning !== undefined) deltas.push({ type: 'reasoning', delta: reasoning });
  readContent(delta['content'], deltas);
  const refusal = nonEmpty(delta['refusal']);
  if (refusal !== undefined) deltas.push({ type: 'refusal', delta: refusal });

  const fragments: unknown[] = Array.isArray(delta['tool_calls']) ? delta['tool_calls'] : [];
  if (isRecord(delta['function_call'])) fragments.push({ index: 0, function: delta['function_call'] });
  for (const fragment of fragments) {
    const call = calls.read(fragment);
    if (call) deltas.push(call);
  }
}

/** Content is text; Mistral's reasoning models send a list of `text` and `thinking` parts. */
function readContent(content: unknown, deltas: ModelDelta[]): void {
  const text = nonEmpty(content);
  if (text !== undefined) deltas.push({ type: 'text', delta: text });
  if (!Array.isArray(content)) return;
  for (const part of content as unknown[]) {
    if (!isRecord(part)) continue;
    const partText = nonEmpty(part['text']);
    if (partText !== undefined) deltas.push({ type: 'text', delta: partText });
    const thinking: unknown[] = Array.isArray(part['thinking']) ? part['thinking'] : [];
    for (const thought of thinking) {
      const thoughtText = isRecord(thought) ? nonEmpty(thought['text']) : undefined;
      if (thoughtText !== undefined) deltas.push({ type: 'reasoning', delta: thoughtText });
    }
  }
}

function firstChoice(choices: unknown): Record<string, unknown> | undefined {
  if (!Array.isArray(choices)) return undefined;
  return choices.filter(isRecord).find(({ index }) => index === 0 || index === undefined || index === null);
}

/** A reason that OpenAI does not know is an ordinary end: clients of every dialect take only the five. */
function toFinishReason(reason: string): FinishReason {
  const known = finishReason.safeParse(reason);
  return known.success ? known.data : 'stop';
}

function parseObject(data: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new MillraceError('upstream_garbage', { cause: new Error('an event is not JSON') });
  }
  if (isRecord(value)) return value;
  throw new MillraceError('upstream_garbage', { cause: new Error('an event is not a JSON object') });
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
