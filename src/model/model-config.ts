import { z } from 'zod';

/** The base URL that stands for the built-in demo model. */
export const DEMO_BASE_URL = 'demo:';

const NOT_A_URL = 'must be an http or https URL';
const penalty = z.number().min(-2).max(2).nullish();
const positive = z.int().min(1).nullish();

/**
 * One model of the models file, in the seed's fields. Null is the same as absent, and other fields are ignored.
 *
 * `stream` is accepted and has no effect: Millrace always streams. `n` is accepted and is always 1: a turn has one answer.
 * `timeout` (seconds) replaces both model clocks for this model: the wait for the first chunk and the gap between chunks.
 */
export const modelConfig = z.object({
  /** What users choose it by. */
  name: z.string().trim().min(1).max(256),
  /** Up to and including `/v1`; `demo:` is the built-in demo model. */
  base_url: z.union([z.literal(DEMO_BASE_URL), z.url({ protocol: /^https?$/, error: NOT_A_URL })], NOT_A_URL),
  /** Absent or empty for a server that wants no key; then no Authorization header is sent. */
  api_key: z.string().nullish(),
  /** What the provider calls it. */
  model: z.string().min(1),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  max_tokens: positive,
  max_completion_tokens: positive,
  top_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  n: positive,
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  seed: z.int().nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  extra_body: z.record(z.string(), z.json()).nullish(),
  extra_headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string()).nullish(),
  timeout: z.number().positive().max(86_400).nullish(),
});

/** A model with every `${ENV}` replaced. It holds secrets: only `publicModel` and `describeModel` may leave the server. */
export type ModelConfig = z.output<typeof modelConfig>;

/** A model in `GET /api/models`. */
export interface PublicModel {
  name: string;
  base_url: string;
  model: string;
}

/** What everyone may know of a model. */
export function publicModel({ name, base_url, model }: ModelConfig): PublicModel {
  return { name, base_url: withoutSecrets(base_url), model };
}

/**
 * The settings of a model without anything that may hold a secret: no key, no extra headers, no extra body (some gateways take
 * keys there), no credentials or query in the base URL.
 */
export function describeModel(config: ModelConfig): Record<string, unknown> {
  const { api_key, extra_headers, extra_body, base_url, ...settings } = config;
  const present = Object.entries(settings).filter(([, value]) => value !== null && value !== undefined);
  return { ...Object.fromEntries(present), base_url: withoutSecrets(base_url) };
}

/** Every text of a model's settings that must never appear in an output, an error or a log. */
export function secretsOf(config: ModelConfig): string[] {
  const secrets = [config.api_key ?? '', ...Object.values(config.extra_headers ?? {})];
  if (config.base_url !== DEMO_BASE_URL) {
    const url = new URL(config.base_url);
    secrets.push(url.password, ...url.searchParams.values());
  }
  return secrets.filter((secret) => secret.length >= 4);
}

function withoutSecrets(base_url: string): string {
  if (base_url === DEMO_BASE_URL) return base_url;
  const url = new URL(base_url);
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href.replace(/\/$/, '');
}
