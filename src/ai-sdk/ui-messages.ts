import { NO_RESULT } from '../conversation/model-messages.js';
import { sendableArguments } from '../conversation/sendable-arguments.js';
import type { StoredMessage } from '../conversation/stored-message.js';
import { filePart } from '../model/file-part.js';
import type { ContentPart, ModelMessage, ModelToolCall } from '../model/model-client.js';
import type { UiMessage, UiPart } from './chat-request.js';

/**
 * The messages of a client of the AI SDK as a model takes them. An answer becomes a message a step, with its tool calls whole; a call
 * without an outcome gets one that says so. Reasoning and what applications add (`data-…`) is left out. Throws
 * `unsupported_parameter` for files that no model can be sent.
 */
export function toModelMessages(messages: readonly UiMessage[]): ModelMessage[] {
  return messages.flatMap((message): ModelMessage[] => {
    switch (message.role) {
      case 'system':
        return [{ role: 'system', content: textOf(message) }];
      case 'user':
        return [{ role: 'user', content: contentOf(message) }];
      case 'assistant':
        return stepsOf(message).flatMap(messagesOfStep);
    }
  });
}

/**
 * What a request says that is new, as it is stored: the prompt, or the outcomes of the client's tools that the last answer calls. Null where
 * it ends in another way.
 */
export function newMessages(messages: readonly UiMessage[]): StoredMessage[] | null {
  const last = messages.at(-1)!;
  if (last.role === 'user') return [{ role: 'user', content: textOf(last) }];
  if (last.role === 'system') return null;
  const results = stepsOf(last)
    .at(-1)!
    .filter((part) => toolNameOf(part) !== undefined && part.providerExecuted !== true && hasOutcome(part))
    .map((part): StoredMessage => ({
      role: 'tool',
      tool_call_id: part.toolCallId ?? '',
      content: outcomeOf(part),
      status: part.state === 'output-available' ? 'ok' : 'error',
    }));
  return results.length > 0 ? results : null;
}

/** The text of a message, as it is stored. */
export function textOf({ parts }: UiMessage): string {
  const text = parts.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('');
  return text.replaceAll('\0', '').toWellFormed();
}

function contentOf(message: UiMessage): string | ContentPart[] {
  if (!message.parts.some((part) => part.type === 'file')) return textOf(message);
  return message.parts.flatMap((part): ContentPart[] => {
    if (part.type === 'text') return [{ type: 'text', text: (part.text ?? '').toWellFormed() }];
    if (part.type !== 'file') return [];
    const { url = '', mediaType = '', filename } = part;
    return [filePart({ url, mediaType, filename })];
  });
}

function stepsOf({ parts }: UiMessage): UiPart[][] {
  const steps: UiPart[][] = [[]];
  for (const part of parts) {
    if (part.type === 'step-start') steps.push([]);
    else steps.at(-1)!.push(part);
  }
  return steps;
}

function messagesOfStep(parts: readonly UiPart[]): ModelMessage[] {
  const content = parts
    .map((part) => (part.type === 'text' ? (part.text ?? '') : ''))
    .join('')
    .toWellFormed();
  const calls = parts.filter((part) => toolNameOf(part) !== undefined && part.toolCallId !== undefined);
  if (content === '' && calls.length === 0) return [];
  return [
    { role: 'assistant', content, ...(calls.length > 0 && { tool_calls: calls.map(toCall) }) },
    ...calls.map((part): ModelMessage => ({
      role: 'tool',
      tool_call_id: part.toolCallId!,
      content: outcomeOf(part),
    })),
  ];
}

function toolNameOf(part: UiPart): string | undefined {
  if (part.type === 'dynamic-tool') return part.toolName;
  return part.type.startsWith('tool-') ? part.type.slice('tool-'.length) : undefined;
}

function hasOutcome({ state }: UiPart): boolean {
  return state === 'output-available' || state === 'output-error';
}

function toCall(part: UiPart): ModelToolCall {
  const input = part['input'] ?? part['rawInput'] ?? {};
  const args = typeof input === 'string' ? input : JSON.stringify(input);
  return {
    id: part.toolCallId!,
    type: 'function',
    function: { name: toolNameOf(part)!, arguments: sendableArguments(args) },
  };
}

function outcomeOf(part: UiPart): string {
  switch (part.state) {
    case 'output-available': {
      const output = part['preliminary'] === true ? undefined : part['output'];
      if (output === undefined) return NO_RESULT;
      return typeof output === 'string' ? output : JSON.stringify(output);
    }
    case 'output-error':
      return part.errorText ?? 'The call failed.';
    case 'output-denied':
      return 'The user did not allow this call.';
    default:
      return NO_RESULT;
  }
}
