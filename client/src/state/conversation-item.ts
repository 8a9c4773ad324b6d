import { isRecord, stringOf } from './json.js';

export type ConversationStatus = 'active' | 'favorite' | 'deleted';

/** What the page knows of a conversation besides its turns. */
export interface ConversationItem {
  id: string;
  title: string;
  status: ConversationStatus;
  tags: readonly string[];
  /** Unix time in milliseconds. */
  updatedAt: number;
}

const STATUSES: readonly string[] = ['active', 'favorite', 'deleted'] satisfies ConversationStatus[];

/** Reads an entry of `GET /api/chat/conversations` (contract/seed.md §6); undefined when it is none that the page can show. */
export function readItem(one: unknown): ConversationItem | undefined {
  if (!isRecord(one)) return undefined;
  const id = stringOf(one['_id']);
  const status = one['status'];
  if (id === '') return undefined;
  return {
    id,
    title: stringOf(one['title']),
    status: STATUSES.includes(stringOf(status)) ? (status as ConversationStatus) : 'active',
    tags: strings(one['tags']),
    updatedAt: utc(stringOf(one['updated_at'])),
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** The seed writes UTC times without a zone. */
function utc(iso: string): number {
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
}
