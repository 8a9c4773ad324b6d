import { isRecord, stringOf } from '../../state/json.js';
import type { Draft, Kind } from '../shared/draft.js';

export const LIMITS = ['max_iterations', 'max_depth', 'max_agent_calls', 'timeout_seconds'] as const;
export type Limit = (typeof LIMITS)[number];

/** An agent as the form shows it (src/protocol/agent.ts). */
export interface AgentConfig {
  name: string;
  description: string;
  model_name: string;
  system_prompt: string;
  mcp_servers: readonly string[];
  /** The agents that it may call. */
  agents: readonly string[];
  limits: Readonly<Record<Limit, number | null>>;
  /** What its requests to the model carry besides. The form changes few of them and keeps the others. */
  parameters: Readonly<Record<string, unknown>>;
}

export const emptyAgent: AgentConfig = {
  name: '',
  description: '',
  model_name: '',
  system_prompt: '',
  mcp_servers: [],
  agents: [],
  limits: { max_iterations: null, max_depth: null, max_agent_calls: null, timeout_seconds: null },
  parameters: {},
};

/** Reads what somebody wrote as an agent, as far as that is possible. Never throws. */
export function readAgent(value: unknown): AgentConfig {
  const agent = isRecord(value) ? value : {};
  const limits = isRecord(agent['limits']) ? agent['limits'] : {};
  const limit = (key: Limit): [Limit, number | null] => {
    const most = limits[key];
    return [key, typeof most === 'number' ? most : null];
  };
  return {
    name: stringOf(agent['name']),
    description: stringOf(agent['description']),
    model_name: stringOf(agent['model_name']),
    system_prompt: stringOf(agent['system_prompt']),
    mcp_servers: names(agent['mcp_servers']),
    agents: names(agent['agents']),
    limits: Object.fromEntries(LIMITS.map(limit)) as AgentConfig['limits'],
    parameters: isRecord(agent['parameters']) ? agent['parameters'] : {},
  };
}

/** An agent as people read it: what is as it always is, is left out. */
export function writeAgent(agent: AgentConfig): string {
  const limits = Object.entries(agent.limits).filter(([, most]) => most !== null);
  const rest = Object.entries({ ...agent, limits: Object.fromEntries(limits) }).filter(
    ([key, value]) => key === 'name' || key === 'model_name' || !isEmpty(value),
  );
  return JSON.stringify(Object.fromEntries(rest), null, 2);
}

export type AgentDraft = Draft<AgentConfig>;
export const agentKind: Kind<AgentConfig> = { key: 'agent', read: readAgent, write: writeAgent };

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
