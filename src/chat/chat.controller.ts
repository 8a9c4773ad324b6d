import { Body, Controller, Headers } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { ModelRegistry } from '../model/model-registry.js';
import { TitleMaker } from '../conversation/title/title-maker.js';
import { MillraceError } from '../protocol/error-code.js';
import { parsePosition } from '../protocol/position.js';
import { chatRequest, type ChatRequest } from '../protocol/requests.js';
import type { RunProgram } from '../run/run-program.js';
import type { RunReader } from '../run/run-reader.js';
import { RunService } from '../run/run.service.js';
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
    const open = () => this.#open(owner, request, key, lastEventId);
    return request.stream
      ? this.sse.toMessageEvents(open)
      : this.sse.toCompletion(open, (state) => chatCompletion(request, state));
  }

  /** A POST that says where it was resumes that run and never starts another: clients that re-POST after a cut do so. */
  async #open(
    owner: Owner,
    request: ChatRequest,
    key: string | undefined,
    lastEventId: string | undefined,
  ): Promise<RunReader> {
    if (lastEventId) return this.#resume(owner, lastEventId, request.stream);
    const program = chatRun(this.chat, owner, request, checkKey(key));
    this.models.find(request.model_name);
    return this.runs.start({ ...program, completed: () => this.#title(program) });
  }

  /**
   * What names no run cannot be resumed, and starting one would be a second model call for one question. Without a stream the
   * answer is the whole run, wherever its reader was.
   */
  #resume(owner: Owner, lastEventId: string, stream: boolean): Promise<RunReader> {
    const position = parsePosition(lastEventId);
    if (!position)
      throw new MillraceError('invalid_parameter', {
        detail: 'Last-Event-ID is not a position of a run. Leave it out to start a new one.',
      });
    return this.runs.follow(owner, position.run_id, stream ? lastEventId : null);
  }

  /** In the background: nobody waits for a title. */
  #title({ owner, conversation, model }: RunProgram): void {
    if (conversation) void this.titles.onRunCompleted(owner, conversation.id, model);
  }
}

/** An Idempotency-Key is a text of 1 to 255 visible characters, bare or in quotes (draft-ietf-httpapi-idempotency-key-header). */
function checkKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  const bare = /^"(.*)"$/.exec(key)?.[1] ?? key;
  if (!/^[\x21-\x7e]{1,255}$/.test(bare))
    throw new MillraceError('invalid_parameter', {
      detail: 'Idempotency-Key must be 1 to 255 visible ASCII characters.',
    });
  return bare;
}
