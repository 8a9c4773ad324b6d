import type { Round } from '../../../conversation/conversation.store.js';
import type { StoredMessage } from '../../../conversation/stored-message.js';
import { agUiId, type AgUiMessage } from './ag-ui-event.js';

/**
 * A conversation up to the turn of its last round as messages of AG-UI: earlier rounds whole, of the last one what was asked. Messages that a
 * client made have ids that name no run.
 */
export function storedThread(rounds: readonly Pick<Round, 'run_id' | 'messages'>[]): AgUiMessage[] {
  const calls = new Map<string, string>();
  return rounds.flatMap(({ run_id, messages }, at) => {
    const answer = messages.findIndex(({ role }) => role === 'assistant');
    const asked = answer === -1 ? messages.length : answer;
    const isLast = at === rounds.length - 1;
    return messages.slice(0, isLast ? asked : undefined).flatMap((message, index) => {
      if (message.role === 'assistant')
        for (const { id } of message.tool_calls ?? []) calls.set(id, agUiId(run_id, id));
      const id = index < asked ? `asked:${run_id}:${index}` : agUiId(run_id, String(index));
      return toMessages(message, id, calls);
    });
  });
}

/** `calls` has the ids of calls by those that their runs know: the result of a client's tool is in a later run. */
function toMessages(message: StoredMessage, id: string, calls: ReadonlyMap<string, string>): AgUiMessage[] {
  switch (message.role) {
    case 'user':
      return [{ id, role: 'user', content: message.content }];
    case 'tool': {
      const toolCallId = calls.get(message.tool_call_id);
      return toolCallId === undefined ? [] : [{ id, role: 'tool', toolCallId, content: message.content }];
    }
    case 'assistant': {
      const { reasoning_content: reasoning, content, tool_calls } = message;
      const toolCalls = tool_calls?.map((call) => ({ ...call, id: calls.get(call.id) }));
      return [
        ...(reasoning ? [{ id: `${id}-reasoning`, role: 'reasoning', content: reasoning }] : []),
        { id, role: 'assistant', ...(content !== '' && { content }), ...(toolCalls && { toolCalls }) },
      ];
    }
  }
}
