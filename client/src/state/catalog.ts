import { getJson } from '../stream/api.js';
import type { StreamEnvironment } from '../stream/environment.js';
import { isRecord, stringOf } from './json.js';
import { Resource } from './loadable.js';

export interface McpServer {
  name: string;
  connected: boolean;
  /** False until somebody needed the server: servers connect when they are first used. */
  tried: boolean;
  tools: readonly string[];
  error: string;
}

type Fetch = StreamEnvironment['fetch'];

/** `GET /api/models` (contract/seed.md §7.1). */
export function modelsResource(fetch: Fetch): Resource<readonly string[]> {
  return new Resource(async () => {
    const body = await getJson(fetch, '/api/models');
    return records(body).flatMap((one) => (typeof one['name'] === 'string' ? [one['name']] : []));
  });
}

/** `GET /api/mcp/status` (contract/seed.md §7.3). */
export function serversResource(fetch: Fetch): Resource<readonly McpServer[]> {
  return new Resource(async () => {
    const body = await getJson(fetch, '/api/mcp/status');
    if (!isRecord(body)) return [];
    return Object.entries(body).map(([name, status]) => readServer(name, isRecord(status) ? status : {}));
  });
}

function readServer(name: string, status: Record<string, unknown>): McpServer {
  const tools: unknown[] = Array.isArray(status['tools']) ? status['tools'] : [];
  return {
    name,
    connected: status['connected'] === true,
    tried: status['init_attempted'] === true,
    tools: tools.filter((tool): tool is string => typeof tool === 'string'),
    error: stringOf(status['error']),
  };
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isRecord) : [];
}
