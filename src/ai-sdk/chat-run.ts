import type { Owner } from '../auth/owner.js';
import { toModelTools } from '../chat/client-tools.js';
import type { ChatService } from '../chat/chat.service.js';
import { provisionalTitle } from '../chat/provisional-title.js';
import type { StoredMessage } from '../conversation/stored-message.js';
import { MillraceError } from '../protocol/error-code.js';
import { idempotencyOf } from '../run/idempotency.js';
import type { RunProgram } from '../run/run-program.js';
import type { AiSdkChatRequest, UiMessage } from './chat-request.js';
import { newMessages, textOf, toModelMessages } from './ui-messages.js';

export interface AiSdkTurn {
  owner: Owner;
  request: AiSdkChatRequest;
  model: string;
  idempotencyKey: string | undefined;
  /** Whether a run is a turn of this chat. */
  isTurn: (runId: string) => Promise<boolean>;
}

/**
 * Turns a request of the AI SDK's chat into a turn of the conversation of that id. What the client shows is what the model sees: its
 * messages are the history, unless there is only the last one, which then follows what is stored. Answers are called after their runs,
 * so the one before the prompt says which turn this one follows; what is asked again or edited becomes a branch. Throws
 * `blank_prompt` and `unsupported_parameter`.
 */
export async function aiSdkRun(chat: ChatService, turn: AiSdkTurn): Promise<RunProgram> {
  const { owner, request, model, idempotencyKey } = turn;
  const { messages } = request;
  const id = request.id ?? undefined;
  const said = saidIn(messages);
  const question = messages.findLast((message) => message.role === 'user');
  const modelMessages = toModelMessages(messages);
  const isWhole = messages.length > 1;
  // An answer that comes alone is stored already, without the outcomes.
  const isStored = !isWhole && messages[0]!.role === 'assistant';
  return {
    mode: 'chat',
    model,
    errorType: 'api_error',
    owner,
    conversation:
      id === undefined
        ? undefined
        : {
            id,
            type: 'chat',
            title: provisionalTitle(question ? titleOf(question) : ''),
            afterRunId: await turnBefore(turn),
            // Their stop() only leaves: without this, the next message would wait for an answer that nobody reads.
            onBusy: request.on_busy ?? 'interrupt',
          },
    messages: said,
    onDisconnect: id === undefined ? 'cancel' : 'continue',
    idempotency: idempotencyOf(idempotencyKey, { route: '/api/ai-sdk/chat', ...request }),
    execute: (context) =>
      chat.turn(
        {
          owner,
          model,
          messages: isStored ? [] : modelMessages,
          ...(isStored && { results: said }),
          systemPrompt: request.system_prompt ?? undefined,
          conversationId: isWhole ? undefined : id,
          mcpServers: request.mcp_servers ?? [],
          clientTools: toModelTools(request.tools),
        },
        context,
      ),
  };
}

function saidIn(messages: readonly UiMessage[]): StoredMessage[] {
  const said = newMessages(messages);
  if (!said)
    throw new MillraceError('unsupported_parameter', {
      detail: 'messages: the last one must be the user’s, or have outcomes of tools that the page executes.',
      members: { param: 'messages' },
    });
  const last = messages.at(-1)!;
  const isBlank = last.role === 'user' && textOf(last).trim() === '';
  if (isBlank && !last.parts.some((part) => part.type === 'file')) throw new MillraceError('blank_prompt');
  return said;
}

/** Null: none, as for a first message that is asked again or edited. Undefined: the last one of the current branch. */
async function turnBefore({ request, isTurn }: AiSdkTurn): Promise<string | null | undefined> {
  const { messages, trigger, messageId } = request;
  const answer = messages.findLast((message) => message.role === 'assistant');
  if (answer) {
    // A message that went on after the client's tools is of several runs, and called after the first.
    const run = answer.metadata?.run_id ?? answer.id;
    return (await isTurn(run)) ? run : undefined;
  }
  const isAnother = trigger === 'regenerate-message' || typeof messageId === 'string';
  return isAnother ? null : undefined;
}

function titleOf(message: UiMessage): string {
  const file = message.parts.find((part) => part.type === 'file');
  return textOf(message).trim() || (file?.filename ?? file?.mediaType ?? '');
}
