import { Body, Controller, Headers } from '@nestjs/common';
import { CurrentOwner, type Owner } from '../auth/owner.js';
import { chatCompletion } from '../chat/chat-completion.js';
import { TitleMaker } from '../conversation/title/title-maker.js';
import { ModelRegistry } from '../model/model-registry.js';
import { agentRunRequest, type AgentRunRequest } from '../protocol/agent.js';
import type { RunState } from '../protocol/run-state.js';
import type { RunProgram } from '../run/run-program.js';
import { RunService } from '../run/run.service.js';
import { startOrResume } from '../run/start-or-resume.js';
import { EventStream } from '../sse/event-stream.decorator.js';
import { SseHelper } from '../sse/sse-helper.js';
import { agentRun } from './agent-run.js';
import { AgentTurns } from './agent-turns.js';
import { AgentService } from './agent.service.js';

@Controller('api/agent')
export class AgentRunController {
  constructor(
    private readonly agents: AgentService,
    private readonly turns: AgentTurns,
    private readonly models: ModelRegistry,
    private readonly runs: RunService,
    private readonly sse: SseHelper,
    private readonly titles: TitleMaker,
  ) {}

  @EventStream('POST', 'run')
  run(
    @CurrentOwner() owner: Owner,
    @Body({ schema: agentRunRequest }) request: AgentRunRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
  ) {
    const { stream } = request;
    const program = () => this.#program(owner, request, key);
    const open = () => startOrResume(this.runs, { owner, lastEventId, stream, program });
    return stream
      ? this.sse.toMessageEvents(open)
      : this.sse.toCompletion(open, (state) => completion(request, state));
  }

  async #program(owner: Owner, request: AgentRunRequest, key: string | undefined): Promise<RunProgram> {
    const agent = await this.agents.find(owner, request.agent_name);
    const program = agentRun(this.turns, owner, agent, request, key);
    this.models.find(agent.model_name);
    return { ...program, completed: () => this.#title(program) };
  }

  /** In the background: nobody waits for a title. */
  #title({ owner, conversation, model }: RunProgram): void {
    if (conversation) void this.titles.onRunCompleted(owner, conversation.id, model);
  }
}

/** As a chat's, and which agent answered. */
function completion({ user_prompt }: AgentRunRequest, state: RunState): object {
  return {
    ...chatCompletion({ model_name: state.model, user_prompt }, state),
    agent_name: state.agent_name,
  };
}
