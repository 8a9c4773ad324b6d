import { Body, Controller, Headers } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../../auth/owner.js';
import { generateGraphRequest, type GenerateGraphRequest } from '../../protocol/graph-design.js';
import { RunService } from '../../run/run.service.js';
import { startOrResume } from '../../run/start-or-resume.js';
import { EventStream } from '../../sse/event-stream.decorator.js';
import { SseHelper } from '../../sse/sse-helper.js';
import { designCompletion } from './design-completion.js';
import { DesignService } from './design.service.js';

@Controller('api/graphs')
export class DesignController {
  constructor(
    private readonly designs: DesignService,
    private readonly runs: RunService,
    private readonly sse: SseHelper,
  ) {}

  @EventStream('POST', 'generate')
  generate(
    @CurrentOwner() owner: Owner,
    @Body({ schema: generateGraphRequest }) request: GenerateGraphRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
  ) {
    const { stream } = request;
    const program = () => this.designs.program(owner, request, key);
    const open = () => startOrResume(this.runs, { owner, lastEventId, stream, program });
    return stream
      ? this.sse.toMessageEvents(open)
      : this.sse.toCompletion(open, (state) => designCompletion(request, state));
  }
}
