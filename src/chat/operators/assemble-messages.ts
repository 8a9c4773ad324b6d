import { modelMessages } from '../../conversation/model-messages.js';
import type { StoredMessage } from '../../conversation/stored-message.js';
import type { ModelMessage } from '../../model/model-client.js';

/** What the first step of a turn sends: the system prompt, if it is not blank, the conversation so far, and what this turn adds. */
export function assembleMessages(
  systemPrompt: string | undefined,
  history: readonly StoredMessage[],
  added: readonly ModelMessage[],
): ModelMessage[] {
  const system = systemPrompt?.trim() ?? '';
  const instructions: ModelMessage[] = system === '' ? [] : [{ role: 'system', content: system }];
  return instructions.concat(modelMessages(history), added);
}
