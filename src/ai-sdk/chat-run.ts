import type { Owner } from '../auth/owner.js';
import type { ChatService } from '../chat/chat.service.js';
import { provisionalTitle } from '../chat/provisional-title.js';
import { MillraceError } from '../protocol/error-code.js';
import { idempotencyOf } from '../run/idempotency.js';
import type { RunProgram } from '../run/run-program.js';
import type { AiSdkChatRequest, UiMessage } from './chat-request.js';
import { textOf, toModelMessages } from './ui-messages.js';

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
  const prompt = promptOf(messages);
  const text = textOf(prompt);
  const modelMessages = toModelMessages(messages);
  const isWhole = messages.length > 1;
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
            title: provisionalTitle(text.trim() === '' ? fileNameOf(prompt) : text.trim()),
            afterRunId: await turnBefore(turn),
            // Their stop() only leaves: without this, the next message would wait for an answer that nobody reads.
            onBusy: request.on_busy ?? 'interrupt',
          },
    messages: [{ role: 'user', content: text }],
    onDisconnect: id === undefined ? 'cancel' : 'continue',
    idempotency: idempotencyOf(idempotencyKey, { route: '/api/ai-sdk/chat', ...request }),
    execute: (context) =>
      chat.turn(
        {
          owner,
          model,
          messages: modelMessages,
          systemPrompt: request.system_prompt ?? undefined,
          conversationId: isWhole ? undefined : id,
          mcpServers: request.mcp_servers ?? [],
        },
        context,
      ),
  };
}

function promptOf(messages: readonly UiMessage[]): UiMessage {
  const last = messages.at(-1)!;
  if (last.role !== 'user')
    throw new MillraceError('unsupported_parameter', {
      detail: 'messages: the last one must be the user’s. Tools of the page are not supported here.',
      members: { param: 'messages' },
    });
  if (textOf(last).trim() === '' && !last.parts.some((part) => part.type === 'file'))
    throw new MillraceError('blank_prompt');
  return last;
}

/** Null: none, as for a first message that is asked again or edited. Undefined: the last one of the current branch. */
async function turnBefore({ request, isTurn }: AiSdkTurn): Promise<string | null | undefined> {
  const { messages, trigger, messageId } = request;
  const answer = messages.findLast((message) => message.role === 'assistant');
  if (answer) return (await isTurn(answer.id)) ? answer.id : undefined;
  const isAnother = trigger === 'regenerate-message' || typeof messageId === 'string';
  return isAnother ? null : undefined;
}

function fileNameOf({ parts }: UiMessage): string {
  const file = parts.find((part) => part.type === 'file');
  return file?.filename ?? file?.mediaType ?? '';
}
