import type { Route } from './route.js';
import { events, startErrors } from './run-answers.js';

const agent = { tag: 'Agents', path: '/api/agents/{name}', parameters: ['AgentName'] } as const;
const agents = { tag: 'Agents', path: '/api/agents' } as const;

/** The routes of agents. */
export const agentRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/api/agent/run',
    tag: 'Agents',
    operationId: 'runAgent',
    summary: 'Ask an agent, and read the answer',
    description:
      'As a chat turn, with the model, prompt, tools and limits of the agent. An agent that it calls is a node of the run: its events carry a `node_run_id`.',
    parameters: ['IdempotencyKey', 'ResumeLastEventId', 'StreamResume'],
    body: 'AgentRunRequest',
    answers: { 200: { ...events, or: { json: 'ChatCompletion' } } },
    errors: ['agent_not_found', 'blank_prompt', 'unknown_model', 'node_timeout', ...startErrors],
  },
  {
    ...agents,
    method: 'get',
    operationId: 'listAgents',
    summary: 'The agents',
    answers: { 200: { description: 'By name, without their prompts.', content: { json: 'AgentList' } } },
  },
  {
    ...agents,
    method: 'post',
    operationId: 'createAgent',
    summary: 'Store a new agent',
    body: 'Agent',
    answers: { 201: { description: 'Stored.', content: { json: 'Agent' } } },
    errors: ['invalid_agent', 'agent_exists', 'storage_failed', 'storage_full'],
  },
  {
    tag: 'Agents',
    path: '/api/agents/validate',
    method: 'post',
    operationId: 'validateAgent',
    summary: 'Find every fault of an agent, without storing it',
    body: 'Agent',
    answers: { 200: { description: 'Its faults.', content: { json: 'AgentFaults' } } },
  },
  {
    ...agent,
    method: 'get',
    operationId: 'getAgent',
    summary: 'An agent as it was written',
    answers: { 200: { description: 'The agent.', content: { json: 'Agent' } } },
    errors: ['agent_not_found'],
  },
  {
    ...agent,
    method: 'put',
    operationId: 'replaceAgent',
    summary: 'Change an agent',
    description: 'Another name in the body renames it, also in the agents that may call it.',
    body: 'Agent',
    answers: { 200: { description: 'Stored.', content: { json: 'Agent' } } },
    errors: ['agent_not_found', 'invalid_agent', 'agent_exists', 'storage_failed', 'storage_full'],
  },
  {
    ...agent,
    method: 'delete',
    operationId: 'deleteAgent',
    summary: 'Delete an agent',
    description: 'What it answered stays. Refused while other agents may call it.',
    answers: { 200: { description: 'Deleted.', content: { json: 'AgentDeleted' } } },
    errors: ['agent_not_found', 'agent_in_use', 'storage_failed', 'storage_full'],
  },
];
