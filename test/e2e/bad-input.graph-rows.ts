import type { ErrorCode } from '../../src/protocol/error-code.js';
import { send, sendJson } from '../support/http-client.js';
import type { Row } from './bad-input.row.js';
import type { BadInputSite } from './bad-input.site.js';

const node = { name: 'a', model_name: 'plain', input_nodes: ['start'], output_nodes: ['end'] };
const graph = { name: 'g', nodes: [node] };

const GENERATE = '/api/graphs/generate';

const refused = (
  name: string,
  body: unknown,
  code: ErrorCode = 'invalid_request',
  status = 422,
  path = '/api/graphs',
): Row => ({
  name: `graphs: ${name}`,
  send: ({ url }) => sendJson(url, path, body),
  status,
  code,
  check: noGraph,
});
const request = (name: string, method: string, path: string, code: ErrorCode, status = 404): Row => ({
  name: `graphs: ${name}`,
  send: ({ url }) => send(url, { method, path }),
  status,
  code,
  check: noGraph,
});
const noGraph = async (_answer: unknown, { url }: BadInputSite) => {
  expect(JSON.parse((await send(url, { path: '/api/graphs' })).body)).toEqual([]);
};
const withNode = (fields: object) => ({ ...graph, nodes: [{ ...node, ...fields }] });
const archive = { format: 'millrace.graph', version: 1, graph };

/** What the routes of graphs make of what nobody should send. */
export const graphRows: readonly Row[] = [
  refused('not JSON', '{"name":', 'invalid_json', 400),
  refused('a list', [graph], 'invalid_json', 400),
  refused('a key of every object', '{"name":"g","nodes":[],"__proto__":{}}', 'invalid_json', 400),
  refused('nothing', {}),
  refused('no name', { nodes: [node] }),
  ...['', '../etc', 'a\\b', 'a.b', '{a}', 'a\0', '\ud800', 'x'.repeat(129)].map((name) =>
    refused(`the name ${JSON.stringify(name).slice(0, 20)}`, { ...graph, name }),
  ),
  refused('nodes that are a text', { ...graph, nodes: 'a' }),
  refused('201 nodes', {
    ...graph,
    nodes: Array.from({ length: 201 }, (_, at) => ({ ...node, name: `n${at}` })),
  }),
  refused('a node without a name', { ...graph, nodes: [{}] }),
  refused('half a handoff', withNode({ handoffs: 0.5 })),
  refused('handoffs below none', withNode({ handoffs: -1 })),
  refused('a context mode that is none', withNode({ context_mode: 'some' })),
  refused('a prompt that is a number', withNode({ user_prompt: 5 })),
  refused('a prompt of 300 KB', withNode({ user_prompt: 'x'.repeat(300_000) })),
  refused('a graph of 2 MB', { ...graph, padding: 'x'.repeat(2_000_000) }, 'body_too_large', 413),
  refused('no start', withNode({ input_nodes: [] }), 'invalid_graph', 400),
  refused('a node that is not there', withNode({ output_nodes: ['end', 'b'] }), 'invalid_graph', 400),
  refused('the same name twice', { ...graph, nodes: [node, node] }, 'invalid_graph', 400),
  refused('a graph inside itself', withNode({ is_subgraph: true, subgraph_name: 'g' }), 'invalid_graph', 400),
  refused(
    'an archive of another format',
    { ...archive, format: 'x' },
    undefined,
    undefined,
    '/api/graphs/import',
  ),
  refused(
    'an archive of another version',
    { ...archive, version: 2 },
    undefined,
    undefined,
    '/api/graphs/import',
  ),
  refused(
    'an archive with two graphs of one name',
    { ...archive, subgraphs: [graph] },
    undefined,
    undefined,
    '/api/graphs/import',
  ),
  ...(
    [
      ['no requirement', { model_name: 'plain' }],
      ['no model', { requirement: 'x' }],
      ['a requirement that is a number', { requirement: 1, model_name: 'plain' }],
      ['a requirement of 300 KB', { requirement: 'x'.repeat(300_000), model_name: 'plain' }],
      [
        'an id of a conversation that is none',
        { requirement: 'x', model_name: 'plain', conversation_id: '' },
      ],
      ['an overwrite that is none', { requirement: 'x', model_name: 'plain', overwrite: 'perhaps' }],
    ] as const
  ).map(([name, body]) => refused(`design: ${name}`, body, undefined, undefined, GENERATE)),
  refused('design: not JSON', '{', 'invalid_json', 400, GENERATE),
  refused('design: nothing said', { requirement: ' ', model_name: 'plain' }, 'blank_prompt', 400, GENERATE),
  refused(
    'design: an end of nothing',
    { requirement: '<end>END</end>', model_name: 'plain' },
    'invalid_parameter',
    400,
    GENERATE,
  ),
  request('a design that is left out', 'POST', '/api/mcp/generate', 'not_implemented', 501),
  request('a graph that is not there', 'GET', '/api/graphs/nope', 'graph_not_found'),
  request('a name with NUL', 'GET', '/api/graphs/a%00', 'graph_not_found'),
  request('a name that is a path', 'GET', '/api/graphs/..%2f..%2fmodels.json', 'graph_not_found'),
  request('a name of half a character', 'GET', '/api/graphs/%ff', 'invalid_parameter', 400),
  request('no version', 'GET', '/api/graphs/nope/versions/-1', 'graph_not_found'),
  request('a delete of nothing', 'DELETE', '/api/graphs/nope', 'graph_not_found'),
  request('a new name that is a path', 'PUT', '/api/graphs/nope/rename/..%2fx', 'invalid_parameter', 400),
  ...[
    ['no graph', {}, 'graph_required', 400],
    ['a graph that is not there', { graph_name: 'nope' }, 'graph_not_found', 404],
    ['a graph name that is a path', { graph_name: '../../models.json' }, 'graph_not_found', 404],
    ['a graph name of half a character', { graph_name: '\ud800' }, 'graph_not_found', 404],
    ['an input that is a list', { graph_name: 'g', input_text: ['a'] }, 'invalid_request', 422],
    ['an input of 300 KB', { graph_name: 'g', input_text: 'x'.repeat(300_000) }, 'invalid_request', 422],
    [
      'a conversation id that is a path',
      { graph_name: 'g', conversation_id: '../x' },
      'invalid_request',
      422,
    ],
    ['going on with nothing', { continue_from_checkpoint: true }, 'invalid_parameter', 400],
    [
      'going on with a conversation that is not there',
      { continue_from_checkpoint: true, conversation_id: 'nobodys' },
      'conversation_not_found',
      404,
    ],
    ['going on with maybe', { graph_name: 'g', continue_from_checkpoint: 'maybe' }, 'invalid_request', 422],
    ['going on with a chat', { conversation_id: 'first' }, 'graph_required', 400],
  ].map(([name, body, code, status]) =>
    refused(`execute ${name as string}`, body, code as ErrorCode, status as number, '/api/graphs/execute'),
  ),
];
