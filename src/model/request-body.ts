import type { ModelConfig } from './model-config.js';
import type { ModelMessage, ModelRequest, ModelTool, ModelToolCall } from './model-client.js';

/** The body of a streamed `POST /chat/completions`. */
export interface ChatCompletionBody {
  [parameter: string]: unknown;
  model: string;
  messages: ModelMessage[];
  stream: true;
  stream_options?: Record<string, unknown>;
  tools?: ModelTool[];
}

const PARAMETERS = [
  'temperature',
  'max_tokens',
  'max_completion_tokens',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'stop',
  'seed',
  'logprobs',
  'top_logprobs',
] as const satisfies readonly (keyof ModelConfig)[];

/**
 * Builds the request: the model's parameters, then its `extra_body`, then what Millrace itself decides, which nothing overrides.
 * `n` is never sent, because a turn has one answer. `includeUsage` asks for the usage chunk; false is for providers that refuse
 * the field.
 */
export function requestBody(
  config: ModelConfig,
  request: ModelRequest,
  includeUsage: boolean,
): ChatCompletionBody {
  const parameters = PARAMETERS.map((name) => [name, config[name]] as const).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  const { n: _n, stream_options: extraStreamOptions, ...extra } = config.extra_body ?? {};
  const body: ChatCompletionBody = {
    ...Object.fromEntries(parameters),
    ...extra,
    model: config.model,
    messages: request.messages.map(toProviderMessage),
    stream: true,
  };
  if (request.tools.length > 0) body.tools = [...request.tools];
  if (includeUsage) body.stream_options = { ...asRecord(extraStreamOptions), include_usage: true };
  return body;
}

/** Only the fields that providers know: stored messages carry more, for example their reasoning. */
function toProviderMessage(message: ModelMessage): ModelMessage {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.content };
    case 'assistant':
      return message.tool_calls?.length
        ? { role: 'assistant', content: message.content, tool_calls: message.tool_calls.map(toProviderCall) }
        : { role: 'assistant', content: message.content };
    case 'tool':
      return { role: 'tool', tool_call_id: message.tool_call_id, content: message.content };
  }
}

function toProviderCall({ id, function: { name, arguments: args } }: ModelToolCall): ModelToolCall {
  return { id, type: 'function', function: { name, arguments: args } };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
