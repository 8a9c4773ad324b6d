import type { StoredMessage } from '../stored-message.js';

type ToolMessage = Extract<StoredMessage, { role: 'tool' }>;

/**
 * What brutal compaction keeps of a round (seed §3.8): what the user said and the last answer that has text. Its tool calls go, because
 * their results do (D-28: providers refuse a call without a result).
 */
export function keepQuestionAndAnswer(messages: readonly StoredMessage[]): StoredMessage[] {
  const question = messages.find(({ role }) => role === 'user');
  const answer = messages.findLast(
    (message) => message.role === 'assistant' && message.content.trim() !== '',
  );
  const kept = [...(question ? [question] : [])];
  if (answer?.role === 'assistant') {
    const { tool_calls: _, ...said } = answer;
    kept.push(said);
  }
  return kept;
}

/** The tool results of a round that are at least `threshold` characters long. */
export function longResults(messages: readonly StoredMessage[], threshold: number): ToolMessage[] {
  return messages.filter(
    (message): message is ToolMessage =>
      message.role === 'tool' &&
      message.content.length >= threshold &&
      [...message.content].length >= threshold,
  );
}

/** The same messages with the contents that `contents` holds for some of them. */
export function withContents(
  messages: readonly StoredMessage[],
  contents: ReadonlyMap<StoredMessage, string>,
): StoredMessage[] {
  return messages.map((message) => {
    const content = contents.get(message);
    return content === undefined ? message : { ...message, content };
  });
}
