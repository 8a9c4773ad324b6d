/** Where each wire format keeps its text: the text of one parsed frame, or nothing. */
export const textOf = {
  /** OpenAI's chunks, which Millrace's native frames are too. */
  openai: (frame) => frame.choices?.[0]?.delta?.content,
  /** AI SDK UI message stream v1. */
  'ai-sdk': (frame) => (frame.type === 'text-delta' ? frame.delta : undefined),
  /** AG-UI, which TanStack AI speaks too. */
  'ag-ui': (frame) => (frame.type === 'TEXT_MESSAGE_CONTENT' ? frame.delta : undefined),
  /** A frame that is nothing but a piece of text. */
  plain: (frame) => frame.text,
};
