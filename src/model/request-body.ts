import type { ModelConfig } from './model-config.js';
import type {
  ModelMessage,
  ModelParameters,
  ModelRequest,
  ModelTool,
  ModelToolCall,
} from './model-client.js';

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
 * Builds the request: the model's parameters, then the user's, then the model's `extra_body`, then what Millrace itself decides, each
 * before the ones named earlier. `n` is never sent, because a turn has one answer. `includeUsage` asks for the usage chunk; false is
 * for providers that refuse the field.
 */
export function requestBody(
  config: ModelConfig,
  request: ModelRequest,
  includeUsage: boolean,
): ChatCompletionBody {
  const { n: _n, stream_options: extraStreamOptions, ...extra } = config.extra_body ?? {};
  const body: ChatCompletionBody = {
    ...modelParameters(config, request.parameters),
    ...request.parameters,
    ...extra,
    model: config.model,
    messages: request.messages.map(toProviderMessage),
    stream: true,
  };
  if (request.tools.length > 0) body.tools = [...request.tools];
  if (includeUsage) body.stream_options = { ...asRecord(extraStreamOptions), include_usage: true };
  return body;
}

const LENGTH_LIMITS = ['max_tokens', 'max_completion_tokens'] as const;

/** The operator's defaults; of the two names of the length limit, providers take one. */
function modelParameters(config: ModelConfig, users: ModelParameters = {}): Record<string, unknown> {
  const isLimited = LENGTH_LIMITS.some((name) => name in users);
  const names = PARAMETERS.filter((name) => !(isLimited && LENGTH_LIMITS.some((limit) => limit === name)));
  const set = names.map((name) => [name, config[name]] as const);
  return Object.fromEntries(set.filter(([, value]) => value !== null && value !== undefined));
}

/** Only the fields that providers know: stored messages carry more, for example their reasoning. */
function toProviderMessage(message: ModelMessage): ModelMessage {
  switch (message.role) {
    case 'system':
    case 'developer':
    case 'user':
      return { role: message.role, content: message.content, ...named(message) };
    case 'assistant': {
      const { role, content, refusal, tool_calls } = message;
      return {
        role,
        content,
        ...named(message),
        ...(refusal !== undefined && { refusal }),
        ...(tool_calls?.length && { tool_calls: tool_calls.map(toProviderCall) }),
      };
    }
    case 'tool':
      return { role: 'tool', tool_call_id: message.tool_call_id, content: message.content };
  }
}

function named({ name }: { name?: string }): { name?: string } {
  return name === undefined ? {} : { name };
}

function toProviderCall({ id, function: { name, arguments: args } }: ModelToolCall): ModelToolCall {
  return { id, type: 'function', function: { name, arguments: args } };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
