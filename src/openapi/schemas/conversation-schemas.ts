import { z } from 'zod';
import {
  branchRequest,
  compactRequest,
  statusRequest,
  tagsRequest,
  titleRequest,
} from '../../conversation/conversation-requests.js';
import { archive } from '../../conversation/transfer/archive.js';

const id = z.string();
const count = z.int().nonnegative();
/** What the seed's changes of a conversation answer: a text for people, and what holds now. */
const changed = z.object({ status: z.literal('success'), message: z.string(), conversation_id: id });

/** The bodies and answers of the conversation routes, by the name of their component. */
export const conversationSchemas = {
  StatusRequest: statusRequest,
  StatusChanged: changed.extend({ new_status: z.enum(['active', 'deleted', 'favorite']) }),
  TitleRequest: titleRequest,
  TitleChanged: changed.extend({ title: z.string() }),
  TagsRequest: tagsRequest,
  TagsChanged: changed.extend({ tags: z.array(z.string()) }),
  BranchRequest: branchRequest,
  BranchChanged: changed.extend({ run_id: id.describe('The last turn of the branch.') }),
  CompactRequest: compactRequest,
  Compacted: changed.extend({
    compact_type: z.enum(['brutal', 'precise']),
    statistics: z.object({
      original_rounds: count,
      original_messages: count,
      compacted_rounds: count,
      compacted_messages: count,
      compression_ratio: z.number().min(0).max(1).describe('The part of the messages that is gone.'),
      tool_contents_summarized: count,
    }),
    error: z.string().nullable().describe('What could not be summarised now, and was left as it is.'),
  }),
  ConversationDeleted: changed,
  ConversationArchive: archive,
  ConversationImported: z.object({
    status: z.literal('success'),
    _id: id,
    conversation_id: id,
    title: z.string(),
    round_count: count,
  }),
} as const satisfies Record<string, z.ZodType>;
