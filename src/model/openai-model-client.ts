import OpenAI, { APIConnectionError, APIError } from 'openai';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { defer } from 'rxjs';
import type { Observable } from 'rxjs';
import { AttemptFailure } from './attempt-failure.js';
import type { CallMeter } from './call-meter.js';
import { demoFetch } from './demo-model.js';
import { httpFetch } from './http-fetch.js';
import type { ModelClient, ModelDelta, ModelRequest } from './model-client.js';
import { DEMO_BASE_URL, secretsOf } from './model-config.js';
import type { ModelConfig } from './model-config.js';
import { requestBody } from './request-body.js';
import type { ChatCompletionBody } from './request-body.js';
import { retryAfter } from './retry-policy.js';
import type { RetryPolicy } from './retry-policy.js';
import { StreamAttempt } from './stream-attempt.js';
import type { AttemptSink, ModelClocks } from './stream-attempt.js';
import { errorOfConnection, errorOfStatus } from './upstream-error.js';
import { withRetries } from './with-retries.js';

/** Longer than every clock of ours, which alone decide. */
const NO_TIMEOUT_MS = 2_147_483_647;

export interface ModelClientOptions {
  clocks: ModelClocks;
  retries: RetryPolicy;
  /** Answers for the demo model. */
  demo?: typeof fetch;
  /** Is asked for each call of a model that exists. */
  meter?: (model: string) => CallMeter;
}

interface Provider {
  config: ModelConfig;
  client: OpenAI;
  secrets: readonly string[];
  /** False once the provider has refused `stream_options`. */
  takesStreamOptions: boolean;
}

/**
 * Model providers that speak OpenAI's chat completions, through the `openai` package. It makes the request; the answer is read raw
 * (measured: the package's own decoding is the largest cost of a chunk).
 */
export class OpenAiModelClient implements ModelClient {
  readonly #models: { find(name: string): ModelConfig };
  readonly #options: ModelClientOptions;
  readonly #providers = new Map<ModelConfig, Provider>();

  /** `models.find` gives the settings of a model and throws when there is none of that name. */
  constructor(models: { find(name: string): ModelConfig }, options: ModelClientOptions) {
    this.#models = models;
    this.#options = options;
  }

  stream(request: ModelRequest): Observable<readonly ModelDelta[]> {
    return defer(() => {
      const provider = this.#provider(this.#models.find(request.model));
      const { config, secrets } = provider;
      const clocks = config.timeout ? bothClocks(config.timeout * 1000) : this.#options.clocks;
      const attempt = (sink: AttemptSink) => {
        const stream = new StreamAttempt(clocks, sink, secrets);
        stream.start((aborted) => open(provider, request, aborted));
        return stream;
      };
      return withRetries(attempt, this.#options.retries, this.#options.meter?.(config.name));
    });
  }

  #provider(config: ModelConfig): Provider {
    let provider = this.#providers.get(config);
    if (!provider) {
      const isDemo = config.base_url === DEMO_BASE_URL;
      const client = openAi(config, isDemo ? (this.#options.demo ?? demoFetch()) : httpFetch);
      provider = { config, client, secrets: secretsOf(config), takesStreamOptions: true };
      this.#providers.set(config, provider);
    }
    return provider;
  }
}

/** Makes the request. Rejects with an AttemptFailure. */
async function open(provider: Provider, request: ModelRequest, signal: AbortSignal): Promise<Response> {
  const includeUsage = provider.takesStreamOptions;
  try {
    return await post(provider, requestBody(provider.config, request, includeUsage), signal);
  } catch (error) {
    if (includeUsage && refusesStreamOptions(error)) {
      provider.takesStreamOptions = false;
      return open(provider, request, signal);
    }
    throw toFailure(error, provider.secrets, usersFieldsOf(request));
  }
}

function post({ client }: Provider, body: ChatCompletionBody, signal: AbortSignal): Promise<Response> {
  return client.chat.completions
    .create(body as ChatCompletionCreateParamsStreaming, { signal, maxRetries: 0 })
    .asResponse();
}

/** The package reads further keys and headers from the environment; they are switched off, because they belong to one provider. */
function openAi(config: ModelConfig, fetch: typeof globalThis.fetch): OpenAI {
  const withoutKey = config.api_key ? {} : { authorization: null };
  return new OpenAI({
    apiKey: config.api_key || 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: config.base_url === DEMO_BASE_URL ? 'http://demo.invalid/v1' : config.base_url,
    defaultHeaders: { ...withoutKey, ...config.extra_headers },
    timeout: NO_TIMEOUT_MS,
    maxRetries: 0,
    logLevel: 'off',
    fetch,
  });
}

function refusesStreamOptions(error: unknown): boolean {
  if (!(error instanceof APIError)) return false;
  const status = error.status as number | undefined;
  return (status === 400 || status === 422) && /stream_options|include_usage/.test(error.message);
}

/** What the user has written of the request. */
function usersFieldsOf({ parameters }: ModelRequest): string[] {
  return parameters ? ['messages', 'tools', ...Object.keys(parameters)] : [];
}

function toFailure(error: unknown, secrets: readonly string[], usersFields: readonly string[]): unknown {
  if (error instanceof APIConnectionError) return new AttemptFailure(errorOfConnection(error, secrets));
  if (!(error instanceof APIError)) return error;
  const headers = error.headers as Headers | undefined;
  const retryAfterMs = headers && retryAfter(headers);
  const report = {
    status: error.status as number | undefined,
    code: textOf(error.code),
    type: textOf(error.type),
    message: textOf((error.error as { message?: unknown } | undefined)?.message) ?? error.message,
    param: textOf(error.param),
    retryAfterMs,
  };
  const mapped = errorOfStatus(report, secrets, usersFields);
  const shouldRetry = headers?.get('x-should-retry');
  return new AttemptFailure(mapped, {
    canRetry: shouldRetry === 'true' || shouldRetry === 'false' ? shouldRetry === 'true' : undefined,
    retryAfterMs,
  });
}

/** Some providers send a number where OpenAI has a name. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function bothClocks(ms: number): ModelClocks {
  return { firstChunkMs: ms, gapMs: ms };
}
