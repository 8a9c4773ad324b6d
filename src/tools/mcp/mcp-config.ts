import { z } from 'zod';

/** The name of the in-process server; the file may only disable it. */
export const BUILTIN_SERVER = 'builtin';

interface Common {
  name: string;
  disabled: boolean;
  /** How long one call may stay silent; absent means TOOL_SECONDS. Connecting takes it too, or 10 s. */
  timeoutSeconds?: number;
}
export interface StdioServerConfig extends Common {
  transport: 'stdio';
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd?: string;
}
export interface HttpServerConfig extends Common {
  transport: 'streamable_http' | 'sse';
  url: URL;
  headers: Readonly<Record<string, string>>;
}
export interface BuiltinServerConfig extends Common {
  transport: 'in_process';
}
export type McpServerConfig = StdioServerConfig | HttpServerConfig | BuiltinServerConfig;

const transport = z.enum(['stdio', 'sse', 'streamable_http', 'streamable-http', 'http']);
const text = z.string().min(1).max(8192);

/** One entry of `mcpServers`, in the fields that MCP hosts share. Fields that we do not know are left alone. */
const entry = z.looseObject({
  command: text.optional(),
  args: z.array(z.string().max(8192)).max(256).default([]),
  env: z.record(z.string(), z.string()).default({}),
  cwd: text.optional(),
  url: text.optional(),
  headers: z.record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/), z.string()).default({}),
  type: transport.optional(),
  transportType: transport.optional(),
  timeout: z
    .number('must be a number of seconds')
    .positive()
    .max(3600, 'is in seconds, at most 3600')
    .optional(),
  disabled: z.boolean().default(false),
});
type Entry = z.output<typeof entry>;

const document = z.object({ mcpServers: z.record(z.string(), z.unknown()) });

/**
 * Reads the text of `mcp.json` into the servers it names, in the file's order. `${NAME}` in `env`, `headers` and `url` stands
 * for a variable of `env`. Throws an Error that names the file, the server and the field of every fault.
 */
export function parseMcpConfig(
  json: string,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): McpServerConfig[] {
  const faults: string[] = [];
  const servers: McpServerConfig[] = [];
  for (const [name, value] of readEntries(json, file)) {
    const server = readServer(name, value, env);
    if (Array.isArray(server)) faults.push(...server.map((fault) => `  ${JSON.stringify(name)}: ${fault}`));
    else servers.push(server);
  }
  if (faults.length > 0) throw new Error(`The MCP servers in ${file} are not valid:\n${faults.join('\n')}`);
  return servers;
}

function readEntries(json: string, file: string): [string, unknown][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch {
    throw new Error(`${file} is not valid JSON.`);
  }
  const result = document.safeParse(parsed);
  if (!result.success) throw new Error(`${file} must be an object of the form {"mcpServers": {…}}.`);
  return Object.entries(result.data.mcpServers);
}

function readServer(
  name: string,
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
): McpServerConfig | string[] {
  if (!/^[^\p{Cc}]{1,128}$/u.test(name)) return ['the name must be 1 to 128 printable characters'];
  const result = entry.safeParse(value);
  if (!result.success) {
    return result.error.issues.map((issue) => `${issue.path.join('.') || 'entry'}: ${issue.message}`);
  }
  const common: Common = {
    name,
    disabled: result.data.disabled,
    timeoutSeconds: result.data.timeout,
  };
  if (name === BUILTIN_SERVER) {
    if (result.data.command !== undefined || result.data.url !== undefined) {
      return [`the name is taken by the built-in tools; it may only set "disabled" and "timeout"`];
    }
    return { ...common, transport: 'in_process' };
  }
  const unset: string[] = [];
  // A disabled server may name variables that this machine does not have.
  const expand = common.disabled
    ? (template: string) => template
    : (template: string, field: string) => expandVariables(template, field, env, unset);
  const server = readTransport(common, result.data, expand);
  return unset.length > 0 ? unset : server;
}

function readTransport(
  common: Common,
  data: Entry,
  expand: (template: string, field: string) => string,
): McpServerConfig | string[] {
  const declared = data.type ?? data.transportType ?? (data.command !== undefined ? 'stdio' : undefined);
  if (data.command !== undefined && data.url !== undefined) return ['has both "command" and "url"'];
  if (data.url !== undefined) {
    const url = URL.parse(expand(data.url, 'url'));
    if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      return common.disabled ? disabledWithout(common) : ['url: must be an http or https address'];
    }
    if (url.username || url.password) return ['url: put credentials into "headers", not into the address'];
    return {
      ...common,
      transport: declared === 'sse' ? 'sse' : 'streamable_http',
      url,
      headers: expandAll(data.headers, 'headers', expand),
    };
  }
  if (data.command !== undefined && declared === 'stdio') {
    const { command, args, cwd } = data;
    return { ...common, transport: 'stdio', command, args, cwd, env: expandAll(data.env, 'env', expand) };
  }
  if (declared !== undefined && declared !== 'stdio')
    return [`url: is required for the transport ${declared}`];
  return ['command: is required (or "url" for a server that is reached by HTTP)'];
}

/** A disabled server is never connected; it only keeps its name. */
function disabledWithout(common: Common): StdioServerConfig {
  return { ...common, transport: 'stdio', command: '', args: [], env: {} };
}

function expandAll(
  record: Record<string, string>,
  field: string,
  expand: (template: string, field: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).map(([key, template]) => [key, expand(template, `${field}.${key}`)]),
  );
}

function expandVariables(
  template: string,
  field: string,
  env: Readonly<Record<string, string | undefined>>,
  unset: string[],
): string {
  return template.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, variable: string) => {
    const value = env[variable];
    if (value === undefined || value === '') {
      unset.push(`${field}: the environment variable ${variable} is not set`);
      return '';
    }
    return value;
  });
}
