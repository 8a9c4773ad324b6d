import { agentConfig } from '../protocol/agent.js';
import { agentFaults, type AgentWorld } from './agent-faults.js';

const world: AgentWorld = {
  hasModel: (name) => name === 'm',
  hasServer: (name) => name === 's',
  hasAgent: (name) => name === 'b',
};
const faultsOf = (fields: object) =>
  agentFaults(agentConfig.parse({ name: 'a', model_name: 'm', ...fields }), world);

describe('[AGENT-01] agentFaults', () => {
  it('finds none in an agent whose parts are there', () => {
    expect(faultsOf({ mcp_servers: ['s'], agents: ['b'] })).toEqual([]);
  });

  it('tells every fault at once, with its place', () => {
    const faults = faultsOf({ model_name: 'x', mcp_servers: ['s', 't', 'u'], agents: ['a', 'b', 'c'] });
    expect(faults.map(({ type, loc }) => [type, loc.join('.')])).toEqual([
      ['unknown_model', 'model_name'],
      ['unknown_server', 'mcp_servers.1'],
      ['unknown_server', 'mcp_servers.2'],
      ['calls_itself', 'agents.0'],
      ['unknown_agent', 'agents.2'],
    ]);
  });
});

describe('the schema of an agent', () => {
  it('fills in what is not said, takes each name once, and gives back what it was given', () => {
    const once = agentConfig.parse({ name: 'a', model_name: ' m ', agents: ['b', 'b'] });
    expect(once).toEqual({
      name: 'a',
      description: '',
      model_name: 'm',
      system_prompt: '',
      mcp_servers: [],
      agents: ['b'],
      limits: { max_iterations: null, max_depth: null, max_agent_calls: null, timeout_seconds: null },
      parameters: {},
    });
    expect(agentConfig.parse(once)).toEqual(once);
  });
});
