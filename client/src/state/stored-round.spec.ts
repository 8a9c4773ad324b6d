import { readRound } from './stored-round.js';

const messages = [
  { role: 'user', content: '几点了？' },
  {
    role: 'assistant',
    reasoning_content: 'I need the clock.',
    content: '',
    tool_calls: [
      { id: 'k1', type: 'function', function: { name: 'builtin__current_time', arguments: '{}' } },
      { id: 'k2', type: 'function', function: { name: 'broken', arguments: '{}' } },
    ],
  },
  { role: 'tool', tool_call_id: 'k1', content: '12:00', status: 'ok' },
  { role: 'tool', tool_call_id: 'k2', content: 'no', status: 'error' },
  { role: 'assistant', content: '**12:00**' },
];

describe('readRound', () => {
  it('reads the seed’s messages into the parts of an ended run', () => {
    const round = readRound({ round: 1, run_id: 'r1', state: 'completed', messages }, 0);
    expect(round).toMatchObject({ runId: 'r1', prompt: '几点了？', phase: 'completed' });
    expect(round?.state.parts.map((part) => part.kind)).toEqual([
      'reasoning',
      'tool_call',
      'tool_call',
      'text',
    ]);
    expect(round?.state.parts[1]).toMatchObject({ result: { status: 'ok', content: '12:00' } });
    expect(round?.state.parts[2]).toMatchObject({ result: { status: 'error', content: 'no' } });
    expect(round?.state.parts.every((part) => part.ended)).toBe(true);
  });

  it('[UI-27] reads the nodes of a graph, with what each said and took', () => {
    const round = readRound(
      {
        run_id: 'r',
        state: 'completed',
        agent_name: null,
        graph_name: 'g',
        final_result: 'so',
        nodes: [
          { node_run_id: 'n1', node_name: 'a', level: 0, status: 'ok', duration_ms: 5 },
          {
            node_run_id: 'n2',
            node_name: 'b',
            level: 1,
            parent_node_run_id: 'n1',
            status: 'strange',
            usage: { input_tokens: 3, output_tokens: 4 },
          },
          { node_name: 'without an id' },
          7,
        ],
        messages: [
          { role: 'user', content: 'go' },
          { role: 'assistant', content: 'one', node_run_id: 'n1' },
          { role: 'assistant', content: 'two', node_run_id: 'n2' },
        ],
      },
      0,
    );
    expect(round?.state).toMatchObject({ mode: 'graph', model: 'g', final_result: 'so' });
    expect(round?.state.parts).toMatchObject([
      { kind: 'node', node_run_id: 'n1', node_name: 'a', status: 'ok', duration_ms: 5, ended: true },
      { kind: 'node', node_run_id: 'n2', level: 1, parent_node_run_id: 'n1', status: 'ok' },
      { kind: 'text', text: 'one', node_run_id: 'n1' },
      { kind: 'text', text: 'two', node_run_id: 'n2' },
    ]);
    expect(round?.state.steps.filter(({ usage }) => usage)).toMatchObject([
      { node_run_id: 'n2', usage: { input_tokens: 3, output_tokens: 4 } },
    ]);
  });

  it('reads rounds of the seed, which name neither run nor state', () => {
    const round = readRound({ round: 3, messages }, 2);
    expect(round).toMatchObject({ runId: 'round-2', phase: 'completed' });
  });

  it('keeps a stopped round without an answer', () => {
    const round = readRound({ run_id: 'r', state: 'cancelled', messages: [messages[0]] }, 0);
    expect(round).toMatchObject({ prompt: '几点了？', phase: 'cancelled' });
    expect(round?.state.parts).toEqual([]);
  });

  it.each([
    ['no object', 7],
    ['no messages', { run_id: 'r' }],
    ['null', null],
  ])('leaves out what has not the shape: %s', (_name, value) => {
    expect(readRound(value, 0)).toBeUndefined();
  });

  it('skips messages and calls that have not the shape', () => {
    const round = readRound(
      {
        run_id: 'r',
        state: 'nonsense',
        messages: [
          null,
          'x',
          { role: 'user', content: 5 },
          { role: 'assistant', content: 'a', tool_calls: [{}, null] },
        ],
      },
      0,
    );
    expect(round).toMatchObject({ prompt: '', phase: 'completed' });
    expect(round?.state.parts.map((part) => part.kind)).toEqual(['text']);
  });
});
