import type { Owner } from '../auth/owner.js';
import { MillraceError } from '../protocol/error-code.js';
import type { ChatRequest } from '../protocol/requests.js';
import { idempotencyOf } from '../run/idempotency.js';
import type { RunProgram } from '../run/run-program.js';
import type { ChatService } from './chat.service.js';
import { placeOfTurn } from './place-of-turn.js';

/** Turns a checked request into the run of one chat turn. Throws `blank_prompt`, `model_required` and, for the key, `invalid_parameter`. */
export function chatRun(
  chat: ChatService,
  owner: Owner,
  request: ChatRequest,
  idempotencyKey: string | undefined,
): RunProgram {
  const prompt = request.user_prompt.trim();
  if (prompt === '') throw new MillraceError('blank_prompt');
  if (request.model_name === '') throw new MillraceError('model_required');
  const conversationId = request.conversation_id ?? undefined;
  // Whether a response is streamed does not change what is asked for.
  const { stream: _, ...asked } = request;
  return {
    mode: 'chat',
    model: request.model_name,
    errorType: 'api_error',
    owner,
    ...placeOfTurn('chat', request, prompt),
    messages: [{ role: 'user', content: prompt }],
    idempotency: idempotencyOf(idempotencyKey, asked),
    execute: (context) =>
      chat.turn(
        {
          owner,
          messages: [{ role: 'user', content: prompt }],
          systemPrompt: request.system_prompt,
          model: request.model_name,
          mcpServers: request.mcp_servers,
          conversationId,
        },
        context,
      ),
  };
}
