import { Body, Controller, Headers, Param, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { ChatService } from '../chat/chat.service.js';
import { ConversationStore } from '../conversation/conversation.store.js';
import { TitleMaker } from '../conversation/title/title-maker.js';
import { ModelRegistry } from '../model/model-registry.js';
import { MillraceError } from '../protocol/error-code.js';
import type { RunProgram } from '../run/run-program.js';
import { RunService, type CancelReceipt } from '../run/run.service.js';
import { startOrResume } from '../run/start-or-resume.js';
import { aiSdkDialect } from '../sse/dialects/ai-sdk/ai-sdk-dialect.js';
import { EventStream } from '../sse/event-stream.decorator.js';
import { NOTHING_TO_READ, type Served } from '../sse/served.js';
import { SseHelper } from '../sse/sse-helper.js';
import { continuedMessage } from './continued-message.js';
import { aiSdkRun } from './chat-run.js';
import { aiSdkChatRequest, aiSdkStopRequest, type AiSdkChatRequest } from './chat-request.js';

/** The AI SDK's chat protocol, for `useChat` and DefaultChatTransport (docs/clients.md). A chat is a conversation. */
@Controller('api/ai-sdk/chat')
export class AiSdkController {
  constructor(
    private readonly chat: ChatService,
    private readonly conversations: ConversationStore,
    private readonly runs: RunService,
    private readonly models: ModelRegistry,
    private readonly sse: SseHelper,
    private readonly titles: TitleMaker,
  ) {}

  @EventStream('POST', '')
  send(
    @CurrentOwner() owner: Owner,
    @Body({ schema: aiSdkChatRequest }) request: AiSdkChatRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
  ) {
    const program = () => this.#program(owner, request, key);
    const open = () => startOrResume(this.runs, { owner, lastEventId, stream: true, program });
    // What follows the outcomes of the client's tools goes on with their message.
    const last = request.messages.at(-1)!;
    const messageId = last.role === 'assistant' ? last.id : undefined;
    return this.sse.toMessageEvents(open, aiSdkDialect({ messageId }));
  }

  /** The answer that is being written, or just was, from its start: these clients have no position, and build the message anew. */
  @EventStream('GET', ':id/stream')
  async resume(@CurrentOwner() owner: Owner, @Param('id') id: string): Promise<Served> {
    const turn = await this.runs.latestTurn(owner, id);
    if (!turn) return NOTHING_TO_READ;
    const message = continuedMessage(await this.conversations.roundsTo(owner, turn.id));
    return this.sse.toMessageEvents(() => this.runs.follow(owner, turn.id, null), aiSdkDialect(message));
  }

  /** Stops the answer that is being written, if it is the one that is meant. */
  @Post(':id/stop')
  async stop(
    @CurrentOwner() owner: Owner,
    @Param('id') id: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CancelReceipt | undefined> {
    const { success, data } = aiSdkStopRequest.safeParse(body);
    if (!success) throw new MillraceError('invalid_parameter', { detail: 'activeStreamId must be a text.' });
    const turn = await this.runs.latestTurn(owner, id);
    const isMeant = turn !== null && !turn.ended && (data?.activeStreamId ?? turn.id) === turn.id;
    response.status(isMeant ? 202 : 204);
    return isMeant ? this.runs.cancel(owner, turn.id) : undefined;
  }

  async #program(owner: Owner, request: AiSdkChatRequest, key: string | undefined): Promise<RunProgram> {
    const model = this.models.choose(request.model);
    const { id } = request;
    const isTurn = async (runId: string) => !!id && (await this.runs.isTurn(owner, id, runId));
    const program = await aiSdkRun(this.chat, { owner, request, model, idempotencyKey: key, isTurn });
    if (!id) return program;
    return { ...program, completed: () => void this.titles.onRunCompleted(owner, id, model) };
  }
}
