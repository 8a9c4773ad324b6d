import { z } from 'zod';
import { listOf } from './list.js';
import { parseNetwork } from './network.js';
import { checkOrigin } from './origin.js';

const seconds = z.coerce.number().nonnegative().max(86_400);
const bytes = z.coerce
  .number()
  .int()
  .positive()
  .max(1024 * 1024 * 1024);

const secret = z
  .string()
  .regex(/^[A-Za-z0-9._~+/-]{32,256}={0,2}$/, 'must be 32 to 256 characters of A-Z a-z 0-9 . _ ~ + / -');

/**
 * The settings, read once from the environment. A variable that is set but empty counts as not set; an error names the
 * variable. The table in README.md lists them; a test compares the two.
 */
export const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  OPENAI_MODEL: z.string().optional(),
  MODELS_FILE: z.string().optional(),
  MCP_SERVERS_FILE: z.string().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.|postgres(ql)?:\/\/)/, 'must start with sqlite: or postgres://')
    .default('sqlite:data/millrace.db'),
  /** The live log of several instances; without it the log is in memory. */
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must start with redis:// or rediss://')
    .optional(),
  AUTH_MODE: z.enum(['none', 'api-key', 'gateway']).default('none'),
  /** AUTH_MODE=gateway: what the gateway sends in X-Gateway-Secret, and the addresses that it connects from. */
  GATEWAY_SECRET: secret.optional(),
  TRUSTED_PROXIES: listOf(parseNetwork),
  /** Lets a scraper read /metrics. */
  METRICS_TOKEN: secret.optional(),
  /** The other origins whose pages may call the API. */
  CORS_ORIGINS: listOf(checkOrigin),
  /** How long a request may take to arrive; a slower one gets 408, at most 5 s later. */
  REQUEST_SECONDS: z.coerce.number().positive().max(600).default(25),
  BODY_LIMIT: bytes.default(1024 * 1024),
  /** For the routes of other clients, whose requests hold the whole history and images. */
  COMPAT_BODY_LIMIT: bytes.default(16 * 1024 * 1024),
  CHAT_MAX_ITERATIONS: z.coerce.number().int().min(1).max(200).default(10),
  /** Whether a model finds titles and tags for conversations, with a call of its own. */
  CHAT_TITLES: z.enum(['on', 'off']).default('on'),
  SSE_HEARTBEAT_SECONDS: z.coerce.number().positive().max(60).default(10),
  STREAM_MAX_SECONDS: seconds.default(0),
  MODEL_FIRST_CHUNK_SECONDS: z.coerce.number().positive().max(3600).default(60),
  MODEL_GAP_SECONDS: z.coerce.number().positive().max(3600).default(60),
  MODEL_MAX_RETRIES: z.coerce.number().int().min(0).max(10).default(2),
  TOOL_SECONDS: z.coerce.number().positive().max(3600).default(60),
  TOOL_RESULT_LIMIT: bytes.default(1024 * 1024),
  TOOL_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8),
  /** How many nodes of one graph work at once. */
  GRAPH_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8),
  RUN_SECONDS: z.coerce.number().positive().max(86_400).default(900),
  DISCONNECT_GRACE_SECONDS: seconds.default(5),
  /** How long an instance that says nothing counts as alive, and so do its readers. */
  LEASE_SECONDS: z.coerce.number().min(3).max(300).default(15),
  LOG_RETENTION_SECONDS: z.coerce.number().positive().default(86_400),
  SHUTDOWN_SECONDS: seconds.default(60),
  DRAIN_DELAY_SECONDS: seconds.default(0),
});

export type Config = Readonly<z.output<typeof environment>>;
export const CONFIG = Symbol('Config');

/** Throws an Error that names every variable that is wrong. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => name in environment.shape && value !== ''),
  );
  const result = environment.safeParse(set);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The environment is not valid:\n${faults.join('\n')}`);
  }
  const { AUTH_MODE: mode, GATEWAY_SECRET: gatewaySecret, TRUSTED_PROXIES: proxies } = result.data;
  if (mode === 'gateway' && (gatewaySecret === undefined || proxies.length === 0))
    throw new Error('AUTH_MODE: gateway needs GATEWAY_SECRET and TRUSTED_PROXIES');
  if (mode === 'none' && !isLoopback(result.data.HOST)) {
    throw new Error(
      `HOST: ${result.data.HOST} is reachable from outside, which needs an AUTH_MODE other than none`,
    );
  }
  return result.data;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** True when other instances may work on the same database. With SQLite there is one process. */
export function isShared({ DATABASE_URL }: Pick<Config, 'DATABASE_URL'>): boolean {
  return !DATABASE_URL.startsWith('sqlite:');
}
