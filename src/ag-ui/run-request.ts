import { z } from 'zod';
import { clientTools } from '../chat/client-tools.js';
import { turnOptions } from '../chat/turn-options.js';
import { conversationId } from '../protocol/requests.js';

const id = z.string().min(1).max(512);
/** Some producers write null for what they leave out. */
const text = z.string().nullish();

const source = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('data'), value: z.string(), mimeType: z.string() }),
  z.looseObject({ type: z.literal('url'), value: z.string(), mimeType: text }),
  z.looseObject({ type: z.literal('file') }),
]);
/** A part of a message; `binary` is that of clients before 1.0. */
const part = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: z.string() }),
  z.looseObject({ type: z.enum(['image', 'audio', 'video', 'document']), source }),
  z.looseObject({
    type: z.literal('binary'),
    mimeType: z.string(),
    url: text,
    data: text,
    filename: text,
  }),
]);
export type AgUiPart = z.output<typeof part>;
const content = z.union([z.string(), z.array(part)]);

const toolCall = z.looseObject({
  id,
  type: z.literal('function').default('function'),
  function: z.looseObject({ name: z.string().min(1), arguments: z.string() }),
});
const message = z.discriminatedUnion('role', [
  z.looseObject({ id, role: z.enum(['developer', 'system']), content: z.string() }),
  z.looseObject({ id, role: z.literal('user'), content }),
  z.looseObject({
    id,
    role: z.literal('assistant'),
    content: text,
    toolCalls: z.array(toolCall).nullish(),
  }),
  z.looseObject({ id, role: z.literal('tool'), toolCallId: id, content, error: text }),
  z.looseObject({ id, role: z.enum(['activity', 'reasoning']) }),
]);
export type AgUiInputMessage = z.output<typeof message>;

/** What a turn of ours may ask for; other fields are the application's own and have no effect. */
const forwardedProps = z.looseObject({
  ...turnOptions,
  on_busy: z
    .enum(['queue', 'reject', 'interrupt'])
    .nullish()
    .describe(
      'What happens while the thread still answers. Default: `interrupt`, because the abortRun() of these clients only leaves.',
    ),
  on_disconnect: z
    .enum(['continue', 'cancel'])
    .nullish()
    .describe('What happens when the last reader leaves. Default: `continue`.'),
});

/** `POST /api/ag-ui/run`: AG-UI's RunAgentInput, of 1.0 and of 0.0.x. */
export const agUiRunRequest = z.looseObject({
  threadId: conversationId.describe('The conversation.'),
  runId: id.describe('New for each question: the same one again is the same run.'),
  protocolVersion: text.describe('Absent in clients before 1.0.'),
  messages: z
    .array(message)
    .describe(
      'The history as the client has it. Where it ends with what the user says, or with results of the client’s tools, that is answered; else the request reads the answer that is there.',
    ),
  tools: clientTools,
  context: z
    .array(z.looseObject({ description: z.string(), value: z.string() }))
    .nullish()
    .describe('What the model should know besides; it is told as a system message.'),
  forwardedProps: forwardedProps.nullish(),
  resume: z
    .array(z.looseObject({}))
    .nullish()
    .describe('Answers to interrupts. There are none yet: refused.'),
});
export type AgUiRunRequest = z.output<typeof agUiRunRequest>;
