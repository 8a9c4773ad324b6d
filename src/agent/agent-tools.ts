import type { Observable } from 'rxjs';
import { inNode, type NodeOutcome } from '../chat/operators/in-node.js';
import type { AgentConfig } from '../protocol/agent.js';
import { MillraceError } from '../protocol/error-code.js';
import type { RunEventBody } from '../protocol/run-event.js';
import type { RunContext } from '../run/run-program.js';
import { toolNames } from '../tools/tool-names.js';
import { failedOutcome, toolOutcome } from '../tools/tool-result.js';
import type { OwnTool, ToolCallOptions, ToolOutcome } from '../tools/tool.js';
import type { AgentCalls, AgentPlace } from './agent-calls.js';

const SERVER = 'agent';
const parameters = {
  type: 'object',
  properties: {
    task: {
      type: 'string',
      minLength: 1,
      description:
        'What the agent is to do, with everything that it needs to know: it sees nothing else of this conversation.',
    },
  },
  required: ['task'],
  additionalProperties: false,
};

export interface Callee {
  agent: AgentConfig;
  place: AgentPlace;
}

export interface AgentToolsOptions {
  /** Of the agent that has the tools. */
  place: AgentPlace;
  context: RunContext;
  calls: AgentCalls;
  /** The most bytes of an answer that the calling model reads. */
  resultLimit: number;
  turn: (callee: Callee, task: string, context: RunContext) => Observable<readonly RunEventBody[]>;
}

/** Agents as tools: `agent__<name>`, whose result is what the agent says last. What happens inside is a node of the run. */
export function agentTools(agents: readonly AgentConfig[], options: AgentToolsOptions): OwnTool[] {
  const names = toolNames(agents.map((agent) => ({ server: SERVER, tool: agent.name })));
  return agents.map((agent, at) => ({
    name: names[at]!,
    server: SERVER,
    tool: agent.name,
    definition: {
      type: 'function',
      function: { name: names[at]!, description: `[Agent:${agent.name}] ${agent.description}`, parameters },
    },
    call: (input, call) => callAgent(agent, String(input['task']), call, options),
  }));
}

/** Never rejects but when the run is aborted, or fails for a reason that is nobody's but ours. */
async function callAgent(
  agent: AgentConfig,
  task: string,
  { signal, emit, toolCallId }: ToolCallOptions,
  { place, context, calls, resultLimit, turn }: AgentToolsOptions,
): Promise<ToolOutcome> {
  const { name, limits } = agent;
  const refusal = calls.refuse(name, place);
  if (refusal !== undefined) return failedOutcome(name, refusal, resultLimit);
  const own = limits.max_depth ?? Infinity;
  const callee = {
    agent,
    place: { chain: [...place.chain, name], depthLeft: Math.min(place.depthLeft - 1, own) },
  };
  const node = { name, level: place.chain.length, toolCallId, timeoutSeconds: limits.timeout_seconds };
  const outcome = await new Promise<NodeOutcome>((resolve, reject) => {
    let ended: NodeOutcome | undefined;
    inNode(
      node,
      context.with(signal),
      (inner) => turn(callee, task, inner),
      (one) => {
        if (one.status === 'error' && !(one.error instanceof MillraceError)) throw one.error;
        ended = one;
      },
    ).subscribe({ next: emit, error: reject, complete: () => resolve(ended!) });
  });
  return outcomeFor(name, outcome, resultLimit);
}

/** What the calling model reads of it. */
function outcomeFor(name: string, { error, messages, text }: NodeOutcome, resultLimit: number): ToolOutcome {
  const soFar = text === '' ? '' : `\nWhat it had said: ${text}`;
  if (error instanceof MillraceError) return failedOutcome(name, error.detail + soFar, resultLimit);
  if (messages.at(-1)?.role === 'tool')
    return failedOutcome(
      name,
      `it did not come to an end within its limit of model calls.${soFar}`,
      resultLimit,
    );
  return toolOutcome(name, { content: text === '' ? [] : [{ type: 'text', text }] }, resultLimit);
}
