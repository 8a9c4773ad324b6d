import { Body, Controller, Headers } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { ChatService } from '../chat/chat.service.js';
import { ConversationStore } from '../conversation/conversation.store.js';
import { TitleMaker } from '../conversation/title/title-maker.js';
import { ModelRegistry } from '../model/model-registry.js';
import { MillraceError } from '../protocol/error-code.js';
import { AS_IT_STANDS } from '../run/cursor.js';
import type { RunProgram } from '../run/run-program.js';
import type { RunReader } from '../run/run-reader.js';
import { RunService } from '../run/run.service.js';
import { startOrResume } from '../run/start-or-resume.js';
import { agUiDialect } from '../sse/dialects/ag-ui/ag-ui-dialect.js';
import { runOfId, type AgUiMessage } from '../sse/dialects/ag-ui/ag-ui-event.js';
import { storedThread } from '../sse/dialects/ag-ui/stored-thread.js';
import { EventStream } from '../sse/event-stream.decorator.js';
import type { Served } from '../sse/served.js';
import { SseHelper } from '../sse/sse-helper.js';
import { newMessages } from './input-messages.js';
import { agUiRunRequest, type AgUiRunRequest } from './run-request.js';
import { threadRun } from './thread-run.js';

/** AG-UI, for HttpAgent and whatever is built on it (docs/clients.md). A thread is a conversation. */
@Controller('api/ag-ui')
export class AgUiController {
  constructor(
    private readonly chat: ChatService,
    private readonly conversations: ConversationStore,
    private readonly runs: RunService,
    private readonly models: ModelRegistry,
    private readonly sse: SseHelper,
    private readonly titles: TitleMaker,
  ) {}

  /**
   * Answers what is new in a request. Where nothing is, its client has lost an answer, or has none yet: it gets the messages as they stand,
   * and what follows.
   */
  @EventStream('POST', 'run')
  async run(
    @CurrentOwner() owner: Owner,
    @Body({ schema: agUiRunRequest }) request: AgUiRunRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): Promise<Served> {
    const { threadId, runId, messages, protocolVersion } = request;
    const asks = lastEventId !== undefined || newMessages(messages).length > 0;
    const answered = asks ? undefined : await this.#answered(owner, request);
    const program = () => this.#program(owner, request, key);
    const open = () =>
      answered === undefined
        ? startOrResume(this.runs, { owner, lastEventId, stream: true, program }).catch(nameRunId)
        : this.runs.follow(owner, answered, AS_IT_STANDS);
    const before =
      messages.length > 0 || answered === undefined
        ? (messages as AgUiMessage[])
        : storedThread(await this.conversations.roundsTo(owner, answered));
    return this.sse.toMessageEvents(
      open,
      agUiDialect({ threadId, runId, isLegacy: !protocolVersion, before }),
    );
  }

  /** The run whose answer a client wants to read: that of its last message, or the last one of the thread. */
  async #answered(owner: Owner, { threadId, messages }: AgUiRunRequest): Promise<string> {
    if (messages.length === 0) {
      const last = (await this.conversations.rounds(owner, threadId)).at(-1);
      if (!last) throw new MillraceError('blank_prompt');
      return last.run_id;
    }
    const run = turnOf(messages);
    if (run === undefined || !(await this.runs.isTurn(owner, threadId, run)))
      throw new MillraceError('unsupported_parameter', {
        detail:
          'messages: the last one must be the user’s, the result of a tool of the client, or an answer in this thread, which is then read again.',
        members: { param: 'messages' },
      });
    return run;
  }

  async #program(owner: Owner, request: AgUiRunRequest, key: string | undefined): Promise<RunProgram> {
    const { threadId, messages, forwardedProps } = request;
    const model = this.models.choose(forwardedProps?.model);
    const before = turnOf(messages);
    const isTurn = before !== undefined && (await this.runs.isTurn(owner, threadId, before));
    const program = threadRun(this.chat, {
      owner,
      request,
      model,
      idempotencyKey: key,
      afterRunId: isTurn ? before : undefined,
    });
    return { ...program, completed: () => void this.titles.onRunCompleted(owner, threadId, model) };
  }
}

/** The run of the last answer that a client has. */
function turnOf(messages: AgUiRunRequest['messages']): string | undefined {
  return messages.map(({ id }) => runOfId(id)).findLast((run) => run !== undefined);
}

/** What these clients know as the name of a request. */
function nameRunId(error: unknown): Promise<RunReader> {
  if (error instanceof MillraceError && error.code === 'idempotency_mismatch')
    throw new MillraceError('idempotency_mismatch', {
      detail: 'This runId was used for another question in this thread. Send a new one with each.',
    });
  throw error;
}
