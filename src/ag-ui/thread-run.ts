import { createHash } from 'node:crypto';
import type { Owner } from '../auth/owner.js';
import { toModelTools } from '../chat/client-tools.js';
import type { ChatService } from '../chat/chat.service.js';
import { provisionalTitle } from '../chat/provisional-title.js';
import { MillraceError } from '../protocol/error-code.js';
import { idempotencyOf } from '../run/idempotency.js';
import type { RunProgram } from '../run/run-program.js';
import { newMessages, textOf, toModelMessages } from './input-messages.js';
import type { AgUiRunRequest } from './run-request.js';

export interface ThreadTurn {
  owner: Owner;
  request: AgUiRunRequest;
  model: string;
  idempotencyKey: string | undefined;
  /** The turn that this one follows; undefined: the last one of the current branch. */
  afterRunId: string | undefined;
}

/**
 * Turns a request of AG-UI into a turn of the conversation that its thread is. What the client shows is what the model sees: its messages
 * are the history, unless there is only the last one, which then follows what is stored. A run of the same id in the same thread is the
 * same run, so clients that post again never ask twice. Throws `blank_prompt` and `unsupported_parameter`.
 */
export function threadRun(chat: ChatService, turn: ThreadTurn): RunProgram {
  const { owner, request, model, afterRunId } = turn;
  const { threadId, messages } = request;
  const props = request.forwardedProps ?? {};
  if (request.resume?.length)
    throw new MillraceError('unsupported_parameter', {
      detail: 'resume: no run of this server waits for an answer. Send the next message without it.',
      members: { param: 'resume' },
    });
  const question = messages.findLast((message) => message.role === 'user');
  const modelMessages = [...contextOf(request), ...toModelMessages(messages)];
  const said = saidIn(request);
  const hasHistory =
    messages.some(({ role }) => role === 'assistant') ||
    messages.filter(({ role }) => role === 'user').length > 1;
  return {
    mode: 'chat',
    model,
    errorType: 'api_error',
    owner,
    conversation: {
      id: threadId,
      type: 'chat',
      title: provisionalTitle(question ? textOf(question.content).trim() : ''),
      afterRunId,
      // Their abortRun() only leaves: without this, the next message would wait for an answer that nobody reads.
      onBusy: props.on_busy ?? 'interrupt',
    },
    messages: said,
    onDisconnect: props.on_disconnect ?? 'continue',
    idempotency: idempotency(turn, question?.content),
    execute: (context) =>
      chat.turn(
        {
          owner,
          model,
          messages: modelMessages,
          systemPrompt: props.system_prompt ?? undefined,
          conversationId: hasHistory ? undefined : threadId,
          mcpServers: props.mcp_servers ?? [],
          clientTools: toModelTools(request.tools),
        },
        context,
      ),
  };
}

function saidIn({ messages }: AgUiRunRequest) {
  const said = newMessages(messages);
  const user = messages.at(-1);
  const hasFiles =
    user?.role === 'user' &&
    typeof user.content !== 'string' &&
    user.content.some(({ type }) => type !== 'text');
  const calls = new Set(
    messages.flatMap((message) =>
      message.role === 'assistant' ? (message.toolCalls ?? []).map(({ id }) => id) : [],
    ),
  );
  const orphan = messages.find((message) => message.role === 'tool' && !calls.has(message.toolCallId));
  if (orphan)
    throw new MillraceError('unsupported_parameter', {
      detail: 'messages: the result of a tool must come after the message that calls it.',
      members: { param: 'messages' },
    });
  const isBlank = said.every(({ role, content }) => role === 'user' && content.trim() === '');
  if (isBlank && !hasFiles) throw new MillraceError('blank_prompt');
  return said;
}

/** A client that posts again has more messages by then, so the question alone tells one request from another. */
function idempotency({ request, idempotencyKey }: ThreadTurn, question: unknown): RunProgram['idempotency'] {
  const { threadId, runId } = request;
  const ids = createHash('sha256')
    .update(JSON.stringify([threadId, runId]))
    .digest('hex');
  const asked = { route: '/api/ag-ui/run', threadId, runId, question };
  const key = idempotencyOf(idempotencyKey ?? `ag-ui:${ids}`, asked)!;
  return { ...key, retryReads: 'snapshot' };
}

function contextOf({ context }: AgUiRunRequest): { role: 'system'; content: string }[] {
  if (!context?.length) return [];
  const lines = context.map(({ description, value }) => `${description}: ${value}`);
  return [{ role: 'system', content: lines.join('\n').toWellFormed() }];
}
