/** A refusal is a text part of its own that says what it is. */
export const REFUSAL = { millrace: { refusal: true } };

export function refusalId(messageId: string): string {
  return `${messageId}-refusal`;
}
