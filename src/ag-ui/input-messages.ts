import { NO_RESULT } from '../conversation/model-messages.js';
import { sendableArguments } from '../conversation/sendable-arguments.js';
import type { StoredMessage } from '../conversation/stored-message.js';
import { filePart } from '../model/file-part.js';
import type { ContentPart, ModelMessage } from '../model/model-client.js';
import { MillraceError } from '../protocol/error-code.js';
import { idWithoutRun, runOfId } from '../sse/dialects/ag-ui/ag-ui-event.js';
import type { AgUiInputMessage, AgUiPart } from './run-request.js';

type Message<R extends AgUiInputMessage['role']> = Extract<AgUiInputMessage, { role: R }>;
type Content = Message<'user'>['content'];

/**
 * The messages of a client of AG-UI as a model takes them: tool calls whole, and a call without a result gets one that says so. Reasoning
 * and activities are left out. Throws `unsupported_parameter` for files that no model can be sent.
 */
export function toModelMessages(messages: readonly AgUiInputMessage[]): ModelMessage[] {
  const results = new Map(
    messages.flatMap((one) => (one.role === 'tool' ? [[one.toolCallId, resultOf(one)]] : [])),
  );
  return messages.flatMap((message): ModelMessage[] => {
    switch (message.role) {
      case 'developer':
      case 'system':
        return [{ role: message.role, content: message.content.toWellFormed() }];
      case 'user':
        return [{ role: 'user', content: contentOf(message.content) }];
      case 'assistant':
        return answerOf(message, results);
      case 'tool':
      case 'activity':
      case 'reasoning':
        return [];
    }
  });
}

/**
 * What a request says that is new, as it is stored: what the user says, and the results of the client's tools. Nothing where it ends with
 * an answer: then its client only wants to read that.
 */
export function newMessages(messages: readonly AgUiInputMessage[]): StoredMessage[] {
  const added = messages.slice(messages.findLastIndex(isAnswer) + 1);
  const user = added.findLast((message) => message.role === 'user');
  const results = added.filter((message) => message.role === 'tool');
  return [
    ...results.map((message): StoredMessage => ({
      role: 'tool',
      tool_call_id: idWithoutRun(message.toolCallId),
      content: resultOf(message),
      status: message.error ? 'error' : 'ok',
    })),
    ...(user ? [{ role: 'user' as const, content: textOf(user.content) }] : []),
  ];
}

/** The text of a message. NUL cannot be stored by PostgreSQL. */
export function textOf(content: Content): string {
  const text =
    typeof content === 'string'
      ? content
      : content.map((one) => (one.type === 'text' ? one.text : '')).join('');
  return text.replaceAll('\0', '').toWellFormed();
}

/** Whether a message came from a model, or from a tool that the server ran. */
function isAnswer({ role, id }: AgUiInputMessage): boolean {
  return role === 'assistant' || (role !== 'user' && runOfId(id) !== undefined);
}

function answerOf(message: Message<'assistant'>, results: ReadonlyMap<string, string>): ModelMessage[] {
  const content = (message.content ?? '').toWellFormed();
  const calls = message.toolCalls ?? [];
  if (content === '' && calls.length === 0) return [];
  const tool_calls = calls.map(({ id, function: { name, arguments: args } }) => ({
    id: idWithoutRun(id),
    type: 'function' as const,
    function: { name, arguments: sendableArguments(args) },
  }));
  return [
    { role: 'assistant', content, ...(calls.length > 0 && { tool_calls }) },
    ...calls.map(({ id }): ModelMessage => ({
      role: 'tool',
      tool_call_id: idWithoutRun(id),
      content: results.get(id) ?? NO_RESULT,
    })),
  ];
}

function resultOf({ content, error }: Message<'tool'>): string {
  const text = textOf(content);
  return text === '' && error ? error : text;
}

function contentOf(content: Content): string | ContentPart[] {
  if (typeof content === 'string' || content.every(({ type }) => type === 'text')) return textOf(content);
  return content.map(partOf);
}

function partOf(part: AgUiPart): ContentPart {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text.toWellFormed() };
    case 'binary': {
      const { mimeType, data, filename } = part;
      const url = part.url ?? (data ? dataUrl(mimeType, data) : '');
      return filePart({ url, mediaType: mimeType, filename });
    }
    case 'image':
    case 'audio':
    case 'video':
    case 'document': {
      const { type, source } = part;
      if (source.type === 'file')
        throw new MillraceError('unsupported_parameter', {
          detail: `A part of type ${type} must be sent with its data or its address, not with the id of a file.`,
          members: { param: 'messages' },
        });
      const mediaType = source.mimeType ?? `${type}/*`;
      return filePart({
        url: source.type === 'data' ? dataUrl(source.mimeType, source.value) : source.value,
        mediaType,
      });
    }
  }
}

function dataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`;
}
