import type { Owner } from '../auth/owner.js';
import { placeOfTurn } from '../chat/place-of-turn.js';
import type { AgentConfig, AgentRunRequest } from '../protocol/agent.js';
import { MillraceError } from '../protocol/error-code.js';
import { idempotencyOf } from '../run/idempotency.js';
import type { RunProgram } from '../run/run-program.js';
import type { AgentTurns } from './agent-turns.js';

/** Turns a checked request into the run of one turn of an agent. Throws `blank_prompt` and, for the key, `invalid_parameter`. */
export function agentRun(
  turns: AgentTurns,
  owner: Owner,
  agent: AgentConfig,
  request: AgentRunRequest,
  idempotencyKey: string | undefined,
): RunProgram {
  const prompt = request.user_prompt.trim();
  if (prompt === '') throw new MillraceError('blank_prompt');
  const conversationId = request.conversation_id ?? undefined;
  // Whether a response is streamed does not change what is asked for.
  const { stream: _, ...asked } = request;
  const message = { role: 'user' as const, content: prompt };
  return {
    mode: 'agent',
    model: agent.model_name,
    agentName: agent.name,
    errorType: 'api_error',
    owner,
    ...placeOfTurn('agent', request, prompt),
    messages: [message],
    idempotency: idempotencyOf(idempotencyKey, { route: '/api/agent/run', ...asked }),
    execute: (context) =>
      turns.run(agent, { messages: [message], conversationId, mcpServers: request.mcp_servers }, context),
  };
}
