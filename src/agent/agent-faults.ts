import type { AgentConfig } from '../protocol/agent.js';

/** One thing that is wrong with an agent, and where: the members that `errors` of problems have (docs/errors.md). */
export interface AgentFault {
  type: 'unknown_model' | 'unknown_server' | 'unknown_agent' | 'calls_itself';
  loc: string[];
  /** For people. */
  msg: string;
}

/** What an agent may refer to. */
export interface AgentWorld {
  hasModel(name: string): boolean;
  /** Whether a server is configured; it connects when it is needed. */
  hasServer(name: string): boolean;
  hasAgent(name: string): boolean;
}

/**
 * Everything that is wrong with an agent besides its schema; nothing when it can run. Agents may call each other in a circle: that a run
 * does not go around in it is seen to when it runs.
 */
export function agentFaults(agent: AgentConfig, world: AgentWorld): AgentFault[] {
  const faults: AgentFault[] = [];
  if (!world.hasModel(agent.model_name))
    faults.push({
      type: 'unknown_model',
      loc: ['model_name'],
      msg: `There is no model "${agent.model_name}".`,
    });
  agent.mcp_servers.forEach((server, at) => {
    if (!world.hasServer(server))
      faults.push({
        type: 'unknown_server',
        loc: ['mcp_servers', String(at)],
        msg: `There is no MCP server "${server}" in the configuration.`,
      });
  });
  agent.agents.forEach((name, at) => {
    const loc = ['agents', String(at)];
    if (name === agent.name) faults.push({ type: 'calls_itself', loc, msg: 'An agent cannot call itself.' });
    else if (!world.hasAgent(name))
      faults.push({ type: 'unknown_agent', loc, msg: `There is no agent "${name}".` });
  });
  return faults;
}
