import { z } from 'zod';

/** Lone surrogates have no UTF-8, so no provider could be sent them. */
const text = z.string().transform((value) => value.toWellFormed());

/** What is not text (an image, audio, a file, or what a provider knows besides) is passed on as it is, and the provider judges it. */
const part = z
  .looseObject({ type: z.string(), text: text.optional() })
  .refine(({ type, text }) => type !== 'text' || text !== undefined, { path: ['text'], error: 'is missing' });
const content = z.union([text, z.array(part)]);
const name = z.string().max(256).optional();

/** Clients send back what a former answer held besides; null is the same as absent. */
const deprecated = z
  .null('is deprecated; use tool_calls and role "tool"')
  .optional()
  .transform(() => undefined);

const toolCall = z.object({
  id: z.string().min(1),
  type: z.literal('function').default('function'),
  function: z.object({ name: z.string().min(1), arguments: z.string() }),
});

/** A message of a chat completion request. Members that OpenAI does not know, for example earlier reasoning, are left out. */
export const openAiMessage = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer', 'user']), content, name }),
  z.object({
    role: z.literal('assistant'),
    content: content.nullish().transform((value) => value ?? null),
    name,
    refusal: text.nullish().transform((value) => value ?? undefined),
    tool_calls: z
      .array(toolCall)
      .nullish()
      .transform((value) => value ?? undefined),
    function_call: deprecated,
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string().min(1), content }),
]);
