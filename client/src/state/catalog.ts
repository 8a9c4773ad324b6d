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

export interface ConversationItem {
  id: string;
  title: string;
  /** Unix time in milliseconds. */
  updatedAt: number;
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

/** `GET /api/chat/conversations` (contract/seed.md §6): chats that are not deleted, newest first. */
export function conversationsResource(fetch: Fetch): Resource<readonly ConversationItem[]> {
  return new Resource(async () => {
    const body = await getJson(fetch, '/api/chat/conversations');
    return records(isRecord(body) ? body['conversations'] : [])
      .filter((one) => one['status'] !== 'deleted' && one['type'] !== 'graph')
      .map((one) => ({
        id: stringOf(one['_id']),
        title: stringOf(one['title']),
        updatedAt: utc(stringOf(one['updated_at'])),
      }))
      .filter((one) => one.id !== '');
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

/** The seed writes UTC times without a zone. */
function utc(iso: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
}
