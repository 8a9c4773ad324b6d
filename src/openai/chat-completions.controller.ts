import { Body, Controller, Headers } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { ChatService } from '../chat/chat.service.js';
import { ModelRegistry } from '../model/model-registry.js';
import type { RunProgram } from '../run/run-program.js';
import { RunService } from '../run/run.service.js';
import { startOrResume } from '../run/start-or-resume.js';
import { openAiChatCompletion } from '../sse/dialects/openai/chat-completion.js';
import { openAiDialect } from '../sse/dialects/openai/openai-dialect.js';
import { EventStream } from '../sse/event-stream.decorator.js';
import { SseHelper } from '../sse/sse-helper.js';
import { openAiChatRequest, type OpenAiChatRequest } from './chat-completion-request.js';
import { chatCompletionRun } from './chat-completion-run.js';
import { OpenAiBodyPipe } from './openai-body.pipe.js';
import { openAiModelNotFound } from './openai-models.controller.js';
import { refuseUnsupported } from './unsupported.js';

/** OpenAI's chat completions, for its clients (docs/clients.md). */
@Controller('v1/chat')
export class ChatCompletionsController {
  constructor(
    private readonly chat: ChatService,
    private readonly runs: RunService,
    private readonly models: ModelRegistry,
    private readonly sse: SseHelper,
  ) {}

  @EventStream('POST', 'completions')
  complete(
    @CurrentOwner() owner: Owner,
    @Body(new OpenAiBodyPipe(openAiChatRequest)) request: OpenAiChatRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
  ) {
    const stream = request.stream ?? false;
    const includeUsage = request.stream_options?.include_usage ?? false;
    const program = () => this.#program(owner, request, key);
    const open = () => startOrResume(this.runs, { owner, lastEventId, stream, program });
    return stream
      ? this.sse.toMessageEvents(open, openAiDialect({ includeUsage }))
      : this.sse.toCompletion(open, openAiChatCompletion);
  }

  #program(owner: Owner, request: OpenAiChatRequest, key: string | undefined): RunProgram {
    refuseUnsupported(request);
    if (!this.models.has(request.model)) throw openAiModelNotFound(request.model);
    return chatCompletionRun(this.chat, owner, request, key);
  }
}
