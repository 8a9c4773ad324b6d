import { CUT_MARK } from '../tool-result.js';
import { isObject } from '../tool-schema.js';

/** A request that was answered by a message too large to read, where no part of it can be used. */
const TOO_LARGE = { code: -32_603, message: 'The answer of the server is too large.' };

const ID_FIRST = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+)/;
const ID_LAST = /"id"\s*:\s*(\d+)\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/;

/**
 * The id of a JSON-RPC response, from the beginning or the end of its text, wherever its sender puts it; undefined for
 * notifications and for requests of the server, which are told by their method.
 */
export function responseId(head: string, tail: string): number | undefined {
  if (/^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?(?:"id"\s*:\s*[^,]*,\s*)?"method"/.test(head))
    return undefined;
  const id = ID_LAST.exec(tail)?.[1] ?? ID_FIRST.exec(head)?.[1];
  return id === undefined ? undefined : Number(id);
}

/**
 * Makes a whole JSON-RPC response of one of which only the beginning and the last bytes were kept: a tool result with the
 * content that had come, marked as cut, or else an error. Undefined when nobody waits for it.
 */
export function completeCutMessage(head: string, tail: string): string | undefined {
  const id = responseId(head, tail);
  if (id === undefined) return undefined;
  const content = cutContent(head);
  if (!content) return JSON.stringify({ jsonrpc: '2.0', id, error: TOO_LARGE });
  const isError = /"isError"\s*:\s*true\s*[,}]/.test(tail) || /^.{0,200}"isError"\s*:\s*true\s*,/s.test(head);
  const result = { content, isError, resultType: 'complete', _meta: { [CUT_MARK]: true } };
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

function cutContent(head: string): unknown[] | undefined {
  const json = closeJson(head);
  if (json === undefined) return undefined;
  const message: unknown = JSON.parse(json);
  const result = isObject(message) ? message['result'] : undefined;
  const content = isObject(result) ? result['content'] : undefined;
  if (!Array.isArray(content)) return undefined;
  const items: unknown[] = content;
  const last = items.at(-1);
  const text =
    isObject(last) && typeof last['text'] === 'string' ? last['text'] : '[an item that is too large]';
  return [...items.slice(0, -1), { type: 'text', text }];
}

const MAX_DEPTH = 64;

/**
 * Closes JSON text that was cut anywhere, so that it can be read: an open text value ends where it was cut, and a member or
 * item that has not begun to be a value is left out. Undefined when it is nested more than 64 levels deep.
 */
export function closeJson(text: string): string | undefined {
  const closers: string[] = [];
  let inString = false;
  let isValue = false;
  let escape = -1;
  /** Where the text could end after a whole value, and what would close it there. */
  let safe = { end: 0, closing: '' };
  let previous = '';

  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (inString) {
      if (escape !== -1) {
        if (at - escape >= (text.charAt(escape + 1) === 'u' ? 5 : 1)) escape = -1;
      } else if (character === '\\') escape = at;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === ' ' || character === '\n' || character === '\t' || character === '\r') continue;
    if (character === '"') {
      inString = true;
      isValue = previous === ':' || (closers.at(-1) === ']' && (previous === ',' || previous === '['));
    } else if (character === '{' || character === '[') {
      closers.push(character === '{' ? '}' : ']');
      if (closers.length > MAX_DEPTH) return undefined;
      safe = { end: at + 1, closing: closing(closers) };
    } else if (character === '}' || character === ']') {
      closers.pop();
      safe = { end: at + 1, closing: closing(closers) };
    } else if (character === ',') safe = { end: at, closing: closing(closers) };
    previous = character;
  }

  if (!inString || !isValue) return text.slice(0, safe.end) + safe.closing;
  const end = escape === -1 ? text.length : escape;
  return `${text.slice(0, end).replace(/\uFFFD$/, '')}"${closing(closers)}`;
}

function closing(closers: readonly string[]): string {
  return closers.toReversed().join('');
}
