import type { Owner } from '../auth/owner.js';
import type { ChatService } from '../chat/chat.service.js';
import type { ModelParameters, ModelTool } from '../model/model-client.js';
import { idempotencyOf } from '../run/idempotency.js';
import type { RunProgram } from '../run/run-program.js';
import { PASSED_ON, type OpenAiChatRequest } from './chat-completion-request.js';

/**
 * Turns a checked request into a temporary run: the client keeps the history, nothing of it is stored, and it ends when its reader
 * leaves, because these clients have no other way to stop it.
 */
export function chatCompletionRun(
  chat: ChatService,
  owner: Owner,
  request: OpenAiChatRequest,
  idempotencyKey: string | undefined,
): RunProgram {
  const { stream: _, stream_options: __, ...asked } = request;
  return {
    mode: 'chat',
    model: request.model,
    errorType: 'api_error',
    owner,
    messages: [],
    onDisconnect: 'cancel',
    idempotency: idempotencyOf(idempotencyKey, { route: '/v1/chat/completions', ...asked }),
    execute: (context) =>
      chat.turn(
        {
          owner,
          model: request.model,
          messages: request.messages,
          mcpServers: request.mcp_servers ?? [],
          clientTools: toolsOf(request),
          parameters: parametersOf(request),
        },
        context,
      ),
  };
}

function toolsOf({ tools }: OpenAiChatRequest): ModelTool[] {
  return (tools ?? []).flatMap((tool) =>
    tool.function ? [{ type: 'function' as const, function: tool.function }] : [],
  );
}

function parametersOf(request: OpenAiChatRequest): ModelParameters {
  const set = PASSED_ON.map((name) => [name, request[name]] as const);
  return Object.fromEntries(set.filter(([, value]) => value !== null && value !== undefined));
}
