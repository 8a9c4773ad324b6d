import { sendableArguments } from '../conversation/sendable-arguments.js';
import type { ContentPart, ModelMessage, ModelToolCall } from '../model/model-client.js';
import { MillraceError } from '../protocol/error-code.js';
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

/** The text of a message, as it is stored. */
export function textOf({ parts }: UiMessage): string {
  const text = parts.map((part) => (part.type === 'text' ? (part.text ?? '') : '')).join('');
  return text.replaceAll('\0', '').toWellFormed();
}

function contentOf(message: UiMessage): string | ContentPart[] {
  if (!message.parts.some((part) => part.type === 'file')) return textOf(message);
  return message.parts.flatMap((part): ContentPart[] => {
    if (part.type === 'text') return [{ type: 'text', text: (part.text ?? '').toWellFormed() }];
    return part.type === 'file' ? [filePart(part)] : [];
  });
}

/** In OpenAI's form, which is what providers are sent. */
function filePart({ url = '', mediaType = '', filename }: UiPart): ContentPart {
  if (mediaType.startsWith('image/')) return { type: 'image_url', image_url: { url } };
  const data = /^data:[^,]*;base64,(.*)$/s.exec(url)?.[1];
  if (data === undefined)
    throw new MillraceError('unsupported_parameter', {
      detail: `A file of type ${mediaType.slice(0, 100)} must be sent as a data: URL; only images may be linked.`,
      members: { param: 'messages' },
    });
  const audio = /^audio\/(?:x-)?(wav|mpeg|mp3)$/.exec(mediaType)?.[1];
  if (audio !== undefined)
    return { type: 'input_audio', input_audio: { data, format: audio === 'wav' ? 'wav' : 'mp3' } };
  return { type: 'file', file: { file_data: url, filename: filename ?? 'file' } };
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

const NO_RESULT = 'This call has no result.';
