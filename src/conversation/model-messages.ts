import type { ModelMessage, ModelToolCall } from '../model/model-client.js';
import { sendableArguments } from './sendable-arguments.js';
import type { StoredMessage } from './stored-message.js';

/** What a model reads of a call whose outcome nobody has. */
export const NO_RESULT = 'This call has no result.';

/**
 * Turns a conversation's stored messages into what a provider takes. Reasoning is never sent back. Tool calls stay whole: a
 * call without a result gets one that says so, a result without its call is dropped, because providers refuse both.
 */
export function modelMessages(history: readonly StoredMessage[]): ModelMessage[] {
  const messages: ModelMessage[] = [];
  for (let at = 0; at < history.length; at += 1) {
    const message = history[at]!;
    if (message.role === 'user') messages.push({ role: 'user', content: message.content });
    if (message.role !== 'assistant') continue;
    const calls = message.tool_calls ?? [];
    if (message.content === '' && calls.length === 0) continue;
    messages.push({
      role: 'assistant',
      content: message.content,
      ...(calls.length > 0 && { tool_calls: calls.map(sendable) }),
    });
    const results = resultsAfter(history, at);
    for (const call of calls) {
      messages.push({
        role: 'tool',
        tool_call_id: call.id,
        content: results.get(call.id) ?? NO_RESULT,
      });
    }
  }
  return messages;
}

function sendable(call: ModelToolCall): ModelToolCall {
  const { name, arguments: args } = call.function;
  return { ...call, function: { name, arguments: sendableArguments(args) } };
}

function resultsAfter(history: readonly StoredMessage[], at: number): Map<string, string> {
  const results = new Map<string, string>();
  for (let next = at + 1; next < history.length; next += 1) {
    const message = history[next]!;
    if (message.role !== 'tool') break;
    results.set(message.tool_call_id, message.content);
  }
  return results;
}
