import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import type { ToolOutcome } from './tool.js';
import { isWithinDepth } from './json-depth.js';
import { toolFailedText } from './tool-texts.js';

/** Set in `_meta` of a result that a transport had to cut, because it was too large to be held. */
export const CUT_MARK = 'millrace/cut';

const MAX_OUTPUT_DEPTH = 64;

/**
 * What the model and the log get of an MCP tool result: the texts joined by newlines, other items described, at most `limit`
 * bytes of UTF-8 with a note when something was cut; `isError` is the status; `structuredContent` is the output, unless it is
 * larger than the limit. docs/decisions/0003-tool-result-text.md gives the reasons.
 */
export function toolOutcome(tool: string, result: CallToolResult, limit: number): ToolOutcome {
  const failed = result.isError === true;
  const structured: unknown = result.structuredContent;
  const text = describeContent(result, structured);
  const cutBefore = result._meta?.[CUT_MARK] === true;
  const outcome = cutText(failed ? toolFailedText(tool, text) : text, limit, cutBefore);
  return {
    status: failed ? 'error' : 'ok',
    ...outcome,
    ...(structured !== undefined && fits(structured, limit) ? { output: structured } : {}),
  };
}

/** The outcome of a call that brought no result. */
export function failedOutcome(tool: string, detail: string, limit: number): ToolOutcome {
  return { status: 'error', ...cutText(toolFailedText(tool, detail), limit, false) };
}

function describeContent(result: CallToolResult, structured: unknown): string {
  if (result.content.length > 0) return result.content.map(describeItem).join('\n');
  if (structured === undefined) return '[no output]';
  return isWithinDepth(structured, MAX_OUTPUT_DEPTH)
    ? JSON.stringify(structured)
    : '[output that is nested too deeply]';
}

function describeItem(item: ContentBlock): string {
  switch (item.type) {
    case 'text':
      return item.text;
    case 'image':
    case 'audio':
      return `[${item.type} ${item.mimeType}, ${size(item.data)}]`;
    case 'resource_link':
      return `[resource ${item.uri}${item.mimeType === undefined ? '' : ` ${item.mimeType}`}: ${item.title ?? item.name}]`;
    case 'resource':
      if ('text' in item.resource) return item.resource.text;
      return `[resource ${item.resource.uri} ${item.resource.mimeType ?? 'binary'}, ${size(item.resource.blob)}]`;
    default:
      return describeUnknown(item);
  }
}

function describeUnknown(item: never): string {
  return `[${String((item as { type?: unknown }).type)}]`;
}

function size(base64: string): string {
  const bytes = Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
  return bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} KB`;
}

/** NUL and lone surrogates cannot be stored by every database, so they are replaced here, once. */
function cutText(text: string, limit: number, cutBefore: boolean): { content: string; cut: boolean } {
  const whole = text.toWellFormed().replaceAll('\0', '\uFFFD');
  if (!cutBefore && Buffer.byteLength(whole) <= limit) return { content: whole, cut: false };
  const note = `\n[The result was longer than ${limit} bytes and was cut here.]`.slice(0, limit);
  return { content: firstBytes(whole, limit - Buffer.byteLength(note)) + note, cut: true };
}

/** The longest beginning of whole characters that takes at most `limit` bytes. */
function firstBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  let end = Math.min(Math.max(limit, 0), bytes.length);
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

function fits(value: unknown, limit: number): boolean {
  return isWithinDepth(value, MAX_OUTPUT_DEPTH) && Buffer.byteLength(JSON.stringify(value)) <= limit;
}
