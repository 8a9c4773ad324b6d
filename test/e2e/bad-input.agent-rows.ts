import type { ErrorCode } from '../../src/protocol/error-code.js';
import { send, sendJson } from '../support/http-client.js';
import type { Row } from './bad-input.row.js';
import type { BadInputSite } from './bad-input.site.js';

const agent = { name: 'a', model_name: 'plain' };

const RUN = '/api/agent/run';

const refused = (
  name: string,
  body: unknown,
  code: ErrorCode = 'invalid_request',
  status = 422,
  path = '/api/agents',
): Row => ({
  name: `agents: ${name}`,
  send: ({ url }) => sendJson(url, path, body),
  status,
  code,
  check: noAgent,
});
const request = (name: string, method: string, path: string, code: ErrorCode, status = 404): Row => ({
  name: `agents: ${name}`,
  send: ({ url }) => send(url, { method, path }),
  status,
  code,
  check: noAgent,
});
const noAgent = async (_answer: unknown, { url }: BadInputSite) => {
  expect(JSON.parse((await send(url, { path: '/api/agents' })).body)).toEqual([]);
};

/** What the routes of agents make of what nobody should send. */
export const agentRows: readonly Row[] = [
  refused('not JSON', '{"name":', 'invalid_json', 400),
  refused('a list', [agent], 'invalid_json', 400),
  refused('a key of every object', '{"name":"a","model_name":"plain","__proto__":{}}', 'invalid_json', 400),
  refused('nothing', {}),
  refused('no model', { name: 'a' }),
  refused('a blank model', { ...agent, model_name: ' ' }),
  ...['', ' a', '../etc', 'a\\b', 'a.b', '{a}', 'a\0', '\ud800', 'x'.repeat(129)].map((name) =>
    refused(`the name ${JSON.stringify(name).slice(0, 20)}`, { ...agent, name }),
  ),
  refused('a field that there is not', { ...agent, tools: [] }),
  refused('a limit that there is not', { ...agent, limits: { max_tokens: 5 } }),
  refused('no iteration', { ...agent, limits: { max_iterations: 0 } }),
  refused('a depth below none', { ...agent, limits: { max_depth: -1 } }),
  refused('half a depth', { ...agent, limits: { max_depth: 0.5 } }),
  refused('no time', { ...agent, limits: { timeout_seconds: 0 } }),
  refused('limits that are a list', { ...agent, limits: [] }),
  refused('a parameter that there is not', { ...agent, parameters: { n: 2 } }),
  refused('a temperature of 3', { ...agent, parameters: { temperature: 3 } }),
  refused('33 agents to call', { ...agent, agents: Array.from({ length: 33 }, (_, at) => `a${at}`) }),
  refused('a prompt that is a number', { ...agent, system_prompt: 5 }),
  refused('a prompt of 300 KB', { ...agent, system_prompt: 'x'.repeat(300_000) }),
  refused('an agent of 2 MB', { ...agent, padding: 'x'.repeat(2_000_000) }, 'body_too_large', 413),
  refused('a model that there is not', { ...agent, model_name: 'nope' }, 'invalid_agent', 400),
  refused('a server that there is not', { ...agent, mcp_servers: ['nope'] }, 'invalid_agent', 400),
  refused('an agent that there is not', { ...agent, agents: ['b'] }, 'invalid_agent', 400),
  refused('an agent that calls itself', { ...agent, agents: ['a'] }, 'invalid_agent', 400),
  refused('a check of nothing', {}, undefined, undefined, '/api/agents/validate'),
  ...(
    [
      ['no name', { user_prompt: 'x' }],
      ['no prompt', { agent_name: 'a' }],
      ['a name that is a number', { agent_name: 1, user_prompt: 'x' }],
      ['a field that there is not', { agent_name: 'a', user_prompt: 'x', model_name: 'plain' }],
      ['an id of a conversation that is none', { agent_name: 'a', user_prompt: 'x', conversation_id: '' }],
      ['a stream that is a text', { agent_name: 'a', user_prompt: 'x', stream: 'false' }],
    ] as const
  ).map(([name, body]) => refused(`run: ${name}`, body, undefined, undefined, RUN)),
  refused('run: not JSON', '{', 'invalid_json', 400, RUN),
  refused(
    'run: an agent that there is not',
    { agent_name: 'nope', user_prompt: 'x' },
    'agent_not_found',
    404,
    RUN,
  ),
  {
    name: 'agents: run: a position that is none',
    send: ({ url }) =>
      sendJson(url, RUN, { agent_name: 'a', user_prompt: 'x' }, { 'last-event-id': 'nonsense' }),
    status: 400,
    code: 'invalid_parameter',
  },
  request('an agent that is not there', 'GET', '/api/agents/nope', 'agent_not_found'),
  request('a name with NUL', 'GET', '/api/agents/a%00', 'agent_not_found'),
  request('a name that is a path', 'GET', '/api/agents/..%2f..%2fmodels.json', 'agent_not_found'),
  request('a name of half a character', 'GET', '/api/agents/%ff', 'invalid_parameter', 400),
  request('a delete of nothing', 'DELETE', '/api/agents/nope', 'agent_not_found'),
];
