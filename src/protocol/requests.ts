import { z } from 'zod';

/** Conversation ids are chosen by clients: 1 to 128 of these characters. The seed's own are 24 hex digits. */
export const conversationId = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,128}$/, 'must be 1 to 128 of A-Z a-z 0-9 . _ : -');

/** An id of a run, as far as its form goes. */
export const runId = z.string().regex(/^[A-Za-z0-9._-]{1,128}$/, 'must be an id of a run');

/** The longest prompt, in UTF-16 code units. */
export const MAX_PROMPT_LENGTH = 262_144;

/**
 * Text that people write. NUL is removed, because PostgreSQL cannot store it, and lone surrogates are replaced by U+FFFD, because
 * they have no UTF-8.
 */
export const text = (length: number) =>
  z
    .string()
    .max(length)
    .transform((value) => value.replaceAll('\0', '').toWellFormed());
export const prompt = text(MAX_PROMPT_LENGTH);

/** The seed's bodies take `true`, `"true"`, `1`, `"yes"`, `"on"` and their opposites. */
export const laxBoolean = z.union([
  z.boolean(),
  z.literal([0, 1]).transform((value) => value === 1),
  z.stringbool({
    truthy: ['true', '1', 'yes', 'on', 'y', 't'],
    falsy: ['false', '0', 'no', 'off', 'n', 'f'],
  }),
]);

/** What every request for a turn of a conversation may say. */
export const turnFields = {
  conversation_id: conversationId
    .nullish()
    .describe(
      'Chosen by the client. Absent or null: a temporary chat, without history, of which nothing is stored.',
    ),
  after_run_id: runId
    .nullish()
    .describe(
      'The turn that this one follows. Absent: the last one of the current branch. Null: none. The turns that follow the same one are branches, and the newest is current.',
    ),
  on_busy: z
    .enum(['queue', 'reject', 'interrupt'])
    .default('queue')
    .describe(
      'What happens while the conversation still answers: wait for that, be refused (409 `conversation_busy`), or stop what answers and waits.',
    ),
  on_disconnect: z
    .enum(['continue', 'cancel'])
    .optional()
    .describe(
      'What happens when the last reader leaves. Default: `continue` for a conversation, `cancel` for a temporary chat.',
    ),
};

/**
 * `POST /api/chat/completions`: the seed's fields, `on_disconnect`, `on_busy` and `after_run_id`. Unknown fields are ignored, and `user_id` is accepted
 * but never trusted: the owner comes from the authentication. Blank prompts and model names are refused after the schema,
 * because the seed answers them with 400.
 */
export const chatRequest = z.object({
  user_prompt: prompt.describe('What the user says.'),
  model_name: z.string().max(256).describe('A name of `GET /api/models`.'),
  system_prompt: prompt
    .optional()
    .describe('Instructions for this turn. It is not stored: send it with each turn.'),
  mcp_servers: z
    .array(z.string().min(1).max(128))
    .max(64)
    .default([])
    .describe('The MCP servers whose tools the model may call.'),
  user_id: z.string().max(256).optional().describe('Accepted for clients of MAG, and never trusted.'),
  stream: laxBoolean.prefault(true).describe('False: one document at the end.'),
  ...turnFields,
});
export type ChatRequest = z.output<typeof chatRequest>;
/** As clients write it. */
export type ChatRequestInput = z.input<typeof chatRequest>;

/**
 * `POST /api/graphs/execute`: the seed's fields (contract §1.2), and those of a chat that say how a run is started. Unknown fields are
 * ignored. Which of them must be there depends on the conversation.
 */
export const graphExecuteRequest = z.object({
  ...turnFields,
  graph_name: z
    .string()
    .max(128)
    .nullish()
    .describe(
      'The graph. May be left out where the conversation goes on: then it is that of the turn that this one follows.',
    ),
  input_text: prompt
    .nullish()
    .describe('What the user says. Without it an existing conversation goes on from where it stopped.'),
  conversation_id: z
    .union([conversationId, z.literal('')])
    .nullish()
    .describe('Chosen by the client. Absent, null or empty: a new conversation, whose id is told first.'),
  continue_from_checkpoint: laxBoolean
    .prefault(false)
    .describe(
      'True: go on from where the last turn stopped; nodes that have ended are not run again. With `input_text`, what is left to run is given that input.',
    ),
  user_id: z.string().max(256).optional().describe('Accepted for clients of MAG, and never trusted.'),
  stream: laxBoolean.prefault(true).describe('False: one document at the end.'),
});
export type GraphExecuteRequest = z.output<typeof graphExecuteRequest>;
