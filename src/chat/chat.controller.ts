import { Body, Controller, Headers } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { ModelRegistry } from '../model/model-registry.js';
import { TitleMaker } from '../conversation/title/title-maker.js';
import { chatRequest, type ChatRequest } from '../protocol/requests.js';
import type { RunProgram } from '../run/run-program.js';
import { RunService } from '../run/run.service.js';
import { startOrResume } from '../run/start-or-resume.js';
import { EventStream } from '../sse/event-stream.decorator.js';
import { SseHelper } from '../sse/sse-helper.js';
import { chatCompletion } from './chat-completion.js';
import { chatRun } from './chat-run.js';
import { ChatService } from './chat.service.js';

@Controller('api/chat')
export class ChatController {
  constructor(
    private readonly chat: ChatService,
    private readonly runs: RunService,
    private readonly models: ModelRegistry,
    private readonly sse: SseHelper,
    private readonly titles: TitleMaker,
  ) {}

  @EventStream('POST', 'completions')
  complete(
    @CurrentOwner() owner: Owner,
    @Body({ schema: chatRequest }) request: ChatRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
  ) {
    const { stream } = request;
    const program = () => this.#program(owner, request, key);
    const open = () => startOrResume(this.runs, { owner, lastEventId, stream, program });
    return stream
      ? this.sse.toMessageEvents(open)
      : this.sse.toCompletion(open, (state) => chatCompletion(request, state));
  }

  #program(owner: Owner, request: ChatRequest, key: string | undefined): RunProgram {
    const program = chatRun(this.chat, owner, request, key);
    this.models.find(request.model_name);
    const { conversation, model } = program;
    if (!conversation) return program;
    // In the background: nobody waits for a title.
    return { ...program, completed: () => void this.titles.onRunCompleted(owner, conversation.id, model) };
  }
}
