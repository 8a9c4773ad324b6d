import { Inject, Injectable } from '@nestjs/common';
import { concat, defer, mergeMap, of, type Observable } from 'rxjs';
import { ChatService, type ChatTurn } from '../chat/chat.service.js';
import { withinTime } from '../chat/operators/within-time.js';
import { CONFIG, type Config } from '../config/config.js';
import type { AgentConfig } from '../protocol/agent.js';
import type { RunEventBody } from '../protocol/run-event.js';
import type { RunContext } from '../run/run-program.js';
import { AgentCalls, DEFAULT_DEPTH, type AgentPlace } from './agent-calls.js';
import { agentTools } from './agent-tools.js';
import { AgentStore } from './agent.store.js';

/** What an agent is asked, and what it may use besides what is its own. */
export type AgentTask = Pick<ChatTurn, 'messages' | 'conversationId'> & { mcpServers?: readonly string[] };

/** Turns of agents: a chat turn with the agent's model, prompt, tools and limits, and the agents that it may call as tools of its own. */
@Injectable()
export class AgentTurns {
  constructor(
    private readonly chat: ChatService,
    private readonly agents: AgentStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The events of a run of an agent. Cold. */
  run(agent: AgentConfig, task: AgentTask, context: RunContext): Observable<readonly RunEventBody[]> {
    const { limits, name } = agent;
    const place: AgentPlace = { chain: [name], depthLeft: limits.max_depth ?? DEFAULT_DEPTH };
    const calls = new AgentCalls(limits.max_agent_calls);
    return withinTime({ what: `Agent '${name}'`, seconds: limits.timeout_seconds }, context, (inner) =>
      this.#turn(agent, task, { place, calls, context: inner }),
    );
  }

  #turn(
    agent: AgentConfig,
    { messages, conversationId, mcpServers = [] }: AgentTask,
    { place, calls, context }: { place: AgentPlace; calls: AgentCalls; context: RunContext },
  ): Observable<readonly RunEventBody[]> {
    const { owner } = context;
    return defer(() => this.agents.findAll(owner, agent.agents)).pipe(
      mergeMap((found) => {
        const ownTools = agentTools([...found.values()], {
          place,
          context,
          calls,
          resultLimit: this.config.TOOL_RESULT_LIMIT,
          turn: (callee, prompt, inner) =>
            this.#turn(
              callee.agent,
              { messages: [{ role: 'user', content: prompt }] },
              { place: callee.place, calls, context: inner },
            ),
        });
        const turn = this.chat.turn(
          {
            owner,
            model: agent.model_name,
            systemPrompt: agent.system_prompt,
            messages,
            conversationId,
            mcpServers: [...new Set([...agent.mcp_servers, ...mcpServers])],
            ownTools,
            parameters: agent.parameters,
            maxIterations: agent.limits.max_iterations ?? undefined,
            callIds: calls.ids,
          },
          context,
        );
        return concat(of(missing(agent, found)), turn);
      }),
    );
  }
}

/** Agents that were deleted since are left out, and the user is told. */
function missing({ name, agents }: AgentConfig, found: ReadonlyMap<string, AgentConfig>): RunEventBody[] {
  return agents
    .filter((agent) => !found.has(agent))
    .map((agent) => ({
      type: 'warning',
      code: 'agent_not_found',
      message: `Agent "${name}" may call "${agent}", but there is no such agent.`,
    }));
}
