import { MillraceError } from '../protocol/error-code.js';
import type { OpenAiChatRequest } from './chat-completion-request.js';

/**
 * Refuses what is well-formed and cannot be done, rather than leave it out in silence. Throws `unsupported_parameter`, which names
 * the field and says why.
 */
export function refuseUnsupported(request: OpenAiChatRequest): void {
  const refuse = (param: string, why: string): never => {
    throw new MillraceError('unsupported_parameter', { detail: `${param}: ${why}`, members: { param } });
  };
  const { n, modalities, store, tools, tool_choice } = request;
  if (typeof n === 'number' && n !== 1) refuse('n', 'a run has one answer; ask again for another.');
  if (modalities?.some((modality) => modality !== 'text')) refuse('modalities', 'only "text" is supported.');
  if (store === true)
    refuse('store', 'these answers are not stored; use /api/chat/completions to store them.');
  if (request.audio) refuse('audio', 'audio answers are not supported.');
  if (request.moderation) refuse('moderation', 'it is not supported.');
  if (request.web_search_options)
    refuse('web_search_options', 'it is not supported; offer a search tool by mcp_servers.');
  if (request.functions) refuse('functions', 'it is deprecated; use tools.');
  if (request.function_call) refuse('function_call', 'it is deprecated; use tool_choice.');
  tools?.forEach((tool, index) => {
    if (tool.type !== 'function' || !tool.function)
      refuse(`tools[${index}]`, 'only tools of type "function" are supported.');
  });
  if (tool_choice && !tools?.length && !request.mcp_servers?.length)
    refuse('tool_choice', 'it is only for requests with tools.');
}
