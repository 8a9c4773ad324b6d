import { z } from 'zod';
import { MillraceError } from '../protocol/error-code.js';
import { conversationId } from '../protocol/requests.js';

/** The most that one list answers, and what it answers unless it is asked for less (seed §6). */
export const LIST_LIMIT = 200;
const MAX_QUERY = 200;

/** Where a page of the list ended: newest change first, then by id. */
export interface ListCursor {
  updated_at: number;
  id: string;
}

const parameters = z.object({
  limit: z
    .string()
    .regex(/^\d{1,3}$/)
    .transform(Number)
    .pipe(z.number().min(1).max(LIST_LIMIT))
    .default(LIST_LIMIT),
  cursor: z.string().transform(readCursor).optional(),
  q: z.string().max(MAX_QUERY).optional(),
  type: z.enum(['chat', 'agent', 'graph']).optional(),
  status: z.enum(['active', 'deleted', 'favorite']).optional(),
});
export type ListQuery = z.output<typeof parameters>;

/**
 * Checks the query of `GET /api/chat/conversations`. Empty values count as absent, other parameters are ignored. Throws
 * `invalid_parameter`, which names what is wrong.
 */
export function readListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  const result = parameters.safeParse(given);
  if (result.success) return result.data;
  const names = [...new Set(result.error.issues.map(({ path }) => String(path[0])))];
  throw new MillraceError('invalid_parameter', { detail: `Not a valid value: ${names.join(', ')}.` });
}

/** A cursor is opaque to clients: base64url of `[updated_at, id]`. It points into a list of their own, so it needs no secret. */
export function formatCursor({ updated_at, id }: ListCursor): string {
  return Buffer.from(JSON.stringify([updated_at, id])).toString('base64url');
}

const position = z.tuple([z.int().nonnegative(), conversationId]);

/** Only what `formatCursor` wrote, to the letter. */
function readCursor(text: string, context: z.RefinementCtx): ListCursor {
  try {
    const [updated_at, id] = position.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (formatCursor({ updated_at, id }) === text) return { updated_at, id };
  } catch {
    // What is no JSON or no position is refused below.
  }
  context.addIssue({ code: 'custom', message: 'not a cursor of this list' });
  return z.NEVER;
}
