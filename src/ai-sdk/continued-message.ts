import type { Round } from '../conversation/conversation.store.js';
import { storedState } from '../run/snapshot.js';
import type { AiSdkStreamOptions } from '../sse/dialects/ai-sdk/ai-sdk-encoder.js';

/**
 * The message that the last of these rounds goes on with: after calls of the client's tools, an answer is one message of several turns. Nothing
 * for a turn that begins with the user.
 */
export function continuedMessage(rounds: readonly Pick<Round, 'run_id' | 'messages'>[]): AiSdkStreamOptions {
  const last = rounds.at(-1);
  const first = rounds[rounds.findLastIndex(({ messages }) => messages[0]?.role !== 'tool')];
  if (!last || !first || first === last) return {};
  const answer = last.messages.findIndex(({ role }) => role !== 'tool');
  const outcomes = answer === -1 ? last.messages : last.messages.slice(0, answer);
  const earlier = rounds.slice(rounds.indexOf(first), -1).flatMap(({ messages }) => messages);
  const run = { id: first.run_id, model: '' };
  return {
    messageId: first.run_id,
    earlier: storedState(run, { messages: [...earlier, ...outcomes], nodes: [] }),
  };
}
