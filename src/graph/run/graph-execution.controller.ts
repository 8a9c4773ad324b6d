import { Body, Controller, Headers } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../../auth/owner.js';
import { graphExecuteRequest, type GraphExecuteRequest } from '../../protocol/requests.js';
import { RunService } from '../../run/run.service.js';
import { startOrResume } from '../../run/start-or-resume.js';
import { EventStream } from '../../sse/event-stream.decorator.js';
import { SseHelper } from '../../sse/sse-helper.js';
import { graphCompletion } from './graph-completion.js';
import { GraphRunService } from './graph-run.service.js';

@Controller('api/graphs')
export class GraphExecutionController {
  constructor(
    private readonly graphs: GraphRunService,
    private readonly runs: RunService,
    private readonly sse: SseHelper,
  ) {}

  @EventStream('POST', 'execute')
  execute(
    @CurrentOwner() owner: Owner,
    @Body({ schema: graphExecuteRequest }) request: GraphExecuteRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
  ) {
    const { stream } = request;
    const program = () => this.graphs.program(owner, request, key);
    const open = () => startOrResume(this.runs, { owner, lastEventId, stream, program });
    return stream
      ? this.sse.toMessageEvents(open)
      : this.sse.toCompletion(open, (state) => graphCompletion(request, state));
  }
}
