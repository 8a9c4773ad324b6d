import { MillraceError } from '../../protocol/error-code.js';
import type { RunEventBody } from '../../protocol/run-event.js';
import { RunCancelled } from '../../run/run-cancelled.js';
import { TestContext } from '../../chat/testing/run-context.js';
import type { ModelRequest } from '../../model/model-client.js';
import { graphOf, reviewLoop, threeNodes } from '../testing/graphs.js';
import { askedOf, nodeOrder, playGraph, stepOf, systemOf } from '../testing/play-graph.js';
import { toolBoxOf } from '../testing/tool-box.js';

/** Each node says its name; those of `named` have it in their system prompt. */
const named = (nodes: Parameters<typeof graphOf>[0], fields?: object) =>
  graphOf(
    nodes.map((node) => ({ ...node, system_prompt: node.name })),
    fields,
  );
const says = (request: ModelRequest) => ({ text: `${systemOf(request)}!` });
const transfer = (to: string) => ({ calls: [{ name: `transfer_to_${to}` }] });
const three = named(threeNodes.nodes);
const loop = named(reviewLoop.nodes);

describe('[GRAPH-08] a graph', () => {
  test('runs nodes level by level, those of one level at once, and tells its result and chain', async () => {
    const { events, context, model } = await playGraph(three, { answer: says });
    expect(nodeOrder(events)).toEqual(['+a', '+b', '-a', '-b', '+c', '-c']);
    expect(model.most).toBe(2);
    expect(context.result).toEqual({ final_result: 'c!', execution_chain: [['start', 'a', 'b'], ['c']] });
    expect(askedOf(model.requests[2]!)).toBe('a!\n\nb!');
  });

  test('stamps every event with the node it is of, and each execution has an id of its own', async () => {
    const { events } = await playGraph(loop, {
      answer: (request) =>
        systemOf(request) === 'rev' && request.tools.length > 0 ? transfer('w') : says(request),
    });
    const open = new Set<string>();
    const seen = new Set<string>();
    for (const event of events) {
      const { node_run_id: id } = event as { node_run_id: string };
      if (event.type === 'node.started') {
        expect(seen.has(id)).toBe(false);
        seen.add(id);
        open.add(id);
      }
      expect(open.has(id)).toBe(true);
      if (event.type === 'node.ended') open.delete(id);
    }
    expect([seen.size, open.size]).toEqual([7, 0]);
    const attempts = events.flatMap((event) =>
      event.type === 'node.started' && event.node_name === 'w' ? [event.attempt] : [],
    );
    expect(attempts).toEqual([1, 2, 3]);
  });

  test('works on at most so many nodes at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const graph = named(names.map((name) => ({ name, input_nodes: ['start'], output_nodes: ['end'] })));
    const { model, stored } = await playGraph(graph, { answer: says, concurrency: 2 });
    expect(model.most).toBe(2);
    expect(stored.map(({ nodeId }) => nodeId).sort()).toEqual(names);
  });

  test('two nodes of one level mix their events, so neither waits for the other', async () => {
    const held = Promise.withResolvers<void>();
    const { events } = await playGraph(three, {
      answer: (request) => {
        if (systemOf(request) === 'a') return { text: 'a', after: held.promise };
        if (systemOf(request) === 'b') void Promise.resolve().then(() => held.resolve());
        return says(request);
      },
    });
    const order = nodeOrder(events);
    // a cannot end before b has begun: each is inside the other's time.
    expect(order.slice(0, 2)).toEqual(['+a', '+b']);
    expect(order.indexOf('+c')).toBeGreaterThan(Math.max(order.indexOf('-a'), order.indexOf('-b')));
  });

  test('the end of a node is stored before anything that it leads to begins', async () => {
    const steps: string[] = [];
    const gate = Promise.withResolvers<void>();
    const graph = named([
      { name: 'a', input_nodes: ['start'], output_nodes: ['b'] },
      { name: 'x', input_nodes: ['start'], output_nodes: ['end'] },
      { name: 'b', input_nodes: ['a'], output_nodes: ['end'] },
    ]);
    const { endedAs } = await playGraph(graph, {
      answer: (request) => {
        steps.push(`ask ${systemOf(request)}`);
        return says(request);
      },
      keep: async ({ nodeId }) => {
        // x ends meanwhile; it must not let b begin.
        if (nodeId === 'a') await new Promise((resolve) => setImmediate(resolve)).then(() => gate.resolve());
        steps.push(`stored ${nodeId}`);
      },
    });
    expect(steps.indexOf('stored a')).toBeLessThan(steps.indexOf('ask b'));
    expect(endedAs).toEqual([0, 1, 2]);
  });
});

describe('[GRAPH-09] a node that fails', () => {
  const error = new MillraceError('upstream_unavailable');

  test('[D-30] fails the graph: nothing after it runs, its siblings are stopped, nothing is complete', async () => {
    const {
      events,
      context,
      model,
      error: failure,
      stored,
    } = await playGraph(three, {
      answer: (request) =>
        systemOf(request) === 'a' ? { text: 'half', error } : { after: new Promise(() => {}) },
    });
    expect(failure).toBe(error);
    expect(nodeOrder(events)).toEqual(['+a', '+b', '-a error']);
    expect(context.result).toBeUndefined();
    expect(model.running).toBe(0);
    expect(stored).toEqual([]);
  });

  test('closes what it left open before its end', async () => {
    const { events } = await playGraph(three, {
      answer: (request) => (systemOf(request) === 'a' ? { text: 'half', error } : says(request)),
    });
    const a = (events[0] as { node_run_id: string }).node_run_id;
    const own = events.filter((event) => (event as { node_run_id?: string }).node_run_id === a);
    expect(own.map(({ type }) => type).slice(-3)).toEqual(['text.ended', 'message.ended', 'node.ended']);
  });

  test('by its time fails with a code of its own', async () => {
    const graph = named([
      { name: 'a', input_nodes: ['start'], output_nodes: ['end'], timeout_seconds: 0.01 },
    ]);
    const { error: failure, events } = await playGraph(graph, {
      answer: () => ({ after: new Promise(() => {}) }),
    });
    expect(failure).toMatchObject({ code: 'node_timeout' });
    expect(nodeOrder(events)).toEqual(['+a', '-a error']);
  });

  test('a cancel stops all nodes at once, and their models', async () => {
    const abort = new AbortController();
    const playing = playGraph(three, {
      context: new TestContext(abort.signal),
      answer: () => ({ after: new Promise(() => {}) }),
    });
    await new Promise((resolve) => setImmediate(resolve));
    const reason = new RunCancelled('user');
    abort.abort(reason);
    const { error: failure, model } = await playing;
    expect(failure).toBe(reason);
    expect([model.most, model.running]).toEqual([2, 0]);
  });
});

describe('[GRAPH-05] a handoff', () => {
  const results = (events: readonly RunEventBody[]) =>
    events.flatMap((event) => (event.type === 'tool_result' ? [`${event.status}: ${event.content}`] : []));

  test('goes to what was chosen, as often as it may: vector 10', async () => {
    const { events, context, model } = await playGraph(loop, {
      answer: (request) =>
        systemOf(request) === 'rev' && request.tools.length > 0 ? transfer('w') : says(request),
    });
    expect(nodeOrder(events).filter((one) => one.startsWith('+'))).toEqual(
      ['w', 'rev', 'w', 'rev', 'w', 'rev', 'fin'].map((name) => `+${name}`),
    );
    expect(results(events)).toEqual(['ok: 已选择节点: w', 'ok: 已选择节点: w']);
    // Used up, the choice is not offered any more.
    expect(model.requests.at(-2)?.tools).toEqual([]);
    expect(context.result?.execution_chain).toEqual([
      ['start', 'w'],
      ['rev'],
      ['w'],
      ['rev'],
      ['w'],
      ['rev'],
      ['fin'],
    ]);
  });

  test('offers each target under a name and a description', async () => {
    const graph = named([
      { name: 'a', input_nodes: ['start'], output_nodes: ['b', 'end'], handoffs: 1 },
      { name: 'b', description: 'Knows it all.', input_nodes: ['a'], output_nodes: ['end'] },
    ]);
    const { model } = await playGraph(graph, { answer: says });
    expect(model.requests[0]?.tools).toEqual([
      {
        type: 'function',
        function: {
          name: 'transfer_to_b',
          description: 'Transfer to b. Knows it all.',
          parameters: { type: 'object', properties: {}, additionalProperties: false },
        },
      },
    ]);
  });

  test('[D-47] has names that every provider takes, and that are never the same', async () => {
    const graph = named([
      { name: 'a', input_nodes: ['start'], output_nodes: ['写 作', '写作', 'x y', 'x_y'], handoffs: 1 },
      ...['写 作', '写作', 'x y', 'x_y'].map((name) => ({ name, input_nodes: ['a'], output_nodes: ['end'] })),
    ]);
    const { model, events } = await playGraph(graph, {
      answer: (request) =>
        systemOf(request) === 'a' ? { calls: [{ name: request.tools[1]!.function.name }] } : says(request),
    });
    const names = model.requests[0]!.tools.map((tool) => tool.function.name);
    for (const name of names) expect(name).toMatch(/^transfer_to_[A-Za-z0-9_-]{1,52}$/);
    expect(new Set(names).size).toBe(4);
    expect(nodeOrder(events)).toContain('+写作');
  });

  test('[D-48] to a node that cannot be chosen is answered, and the node goes on', async () => {
    const { model, events } = await playGraph(loop, {
      answer: (request) =>
        systemOf(request) === 'rev' && stepOf(request) === 0 ? transfer('nobody') : says(request),
    });
    expect(results(events)).toEqual([expect.stringMatching(/^error: .*transfer_to_nobody/)]);
    expect(model.requests[2]?.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
    ]);
    expect(nodeOrder(events).at(-1)).toBe('-fin');
  });

  test('[D-49] follows the first choice of a turn; the others are told', async () => {
    const { events } = await playGraph(loop, {
      answer: (request) =>
        systemOf(request) === 'rev'
          ? { calls: [{ name: 'transfer_to_fin' }, { name: 'transfer_to_w' }] }
          : says(request),
    });
    expect(results(events)).toEqual([
      'ok: 已选择节点: fin',
      "error: Only one node can be chosen, and that is 'fin'.",
    ]);
    expect(nodeOrder(events).filter((one) => one.startsWith('+'))).toEqual(['+w', '+rev', '+fin']);
  });

  test('runs the other tools of its step before it goes', async () => {
    const graph = named([
      { name: 'a', input_nodes: ['start'], output_nodes: ['b'], handoffs: 1, mcp_servers: ['s'] },
      { name: 'b', input_nodes: ['a'], output_nodes: ['end'] },
    ]);
    const { events } = await playGraph(graph, {
      servers: toolBoxOf('look'),
      answer: (request) =>
        systemOf(request) === 'a'
          ? { calls: [{ name: 'transfer_to_b' }, { name: 's__look' }] }
          : says(request),
    });
    expect(results(events).sort()).toEqual(['ok: looked', 'ok: 已选择节点: b']);
  });

  test('[D-46] a loop that is written with an edge back begins where it is entered', async () => {
    const graph = named([
      { name: 'fin', input_nodes: ['rev'], output_nodes: ['end'] },
      { name: 'w', input_nodes: ['start', 'rev'], output_nodes: ['rev'] },
      { name: 'rev', input_nodes: ['w'], output_nodes: ['w', 'fin'], handoffs: 1 },
    ]);
    const { events } = await playGraph(graph, {
      answer: (request) =>
        systemOf(request) === 'rev' && request.tools.length > 0 ? transfer('w') : says(request),
    });
    expect(nodeOrder(events).filter((one) => one.startsWith('+'))).toEqual([
      '+w',
      '+rev',
      '+w',
      '+rev',
      '+fin',
    ]);
  });
});

describe('[GRAPH-06] what nodes are given', () => {
  test('[D-31] a node whose output is not enabled passes on what its tools answered', async () => {
    const graph = named([
      { name: 'a', input_nodes: ['start'], output_nodes: ['b'], mcp_servers: ['s'], output_enabled: false },
      { name: 'b', input_nodes: ['a'], output_nodes: ['end'] },
    ]);
    const { model, stored } = await playGraph(graph, {
      servers: toolBoxOf('look'),
      answer: (request) =>
        systemOf(request) === 'a' && stepOf(request) === 0
          ? { text: 'I look', calls: [{ name: 's__look' }, { name: 's__look' }] }
          : says(request),
    });
    expect(stored[0]?.output).toBe('looked\nlooked');
    expect(askedOf(model.requests.at(-1)!)).toBe('looked\nlooked');
  });

  test('[D-50] what a model said is never read as a template', async () => {
    const graph = named(
      [
        { name: 'a', input_nodes: ['start'], output_nodes: ['b'] },
        { name: 'b', input_nodes: ['a', 'start'], output_nodes: ['end'], user_prompt: 'Say {a}' },
      ],
      { end_template: 'So: {a}' },
    );
    const { model, context } = await playGraph(graph, {
      answer: (request) => (systemOf(request) === 'a' ? { text: '{start} {b} {a}' } : says(request)),
    });
    expect(askedOf(model.requests[1]!)).toBe('Say {start} {b} {a}\n\nthe question');
    expect(context.result?.final_result).toBe('So: {start} {b} {a}');
  });

  test('global outputs of all executions, and of earlier turns, in order', async () => {
    const graph = named([
      { ...loop.nodes[0]!, global_output: true },
      loop.nodes[1]!,
      { name: 'fin', input_nodes: ['rev'], output_nodes: ['end'], context: ['w'], user_prompt: '{w}' },
    ]);
    let drafts = 0;
    const { model } = await playGraph(graph, {
      basis: { globals: [{ id: 'w', text: 'draft of before' }] },
      answer: (request) => {
        if (systemOf(request) === 'w') return { text: `draft ${(drafts += 1)}` };
        return systemOf(request) === 'rev' && drafts < 2 ? transfer('w') : says(request);
      },
    });
    expect(askedOf(model.requests.at(-1)!)).toContain('draft of before\n\ndraft 1');
  });

  test('[D-45] a graph inside of a graph is one of its nodes, whose parts have its name before theirs', async () => {
    const inner = named(
      [
        { name: 'x', input_nodes: ['start'], output_nodes: ['y'] },
        { name: 'y', input_nodes: ['x'], output_nodes: ['end'] },
      ],
      { name: 'inner', end_template: 'inner says {y}' },
    );
    const graph = named([
      { name: 'a', input_nodes: ['start'], output_nodes: ['sg'] },
      { name: 'sg', is_subgraph: true, subgraph_name: 'inner', input_nodes: ['a'], output_nodes: ['b'] },
      { name: 'b', input_nodes: ['sg'], output_nodes: ['end'] },
    ]);
    const { events, model, context } = await playGraph(graph, {
      graphs: new Map([['inner', inner]]),
      answer: says,
    });
    expect(context.result?.execution_chain).toEqual([['start', 'a'], ['sg.x'], ['sg.y'], ['b']]);
    expect(nodeOrder(events)).toContain('+sg.x');
    expect(askedOf(model.requests[1]!)).toBe('a!');
    expect(askedOf(model.requests[3]!)).toBe('inner says y!');
  });

  test('tools of their own servers, and limits of their own', async () => {
    const graph = named([
      { name: 'a', input_nodes: ['start'], output_nodes: ['b'], mcp_servers: ['s'], max_iterations: 2 },
      { name: 'b', input_nodes: ['a'], output_nodes: ['end'] },
    ]);
    const { model, events } = await playGraph(graph, {
      servers: toolBoxOf('look'),
      answer: (request) => (systemOf(request) === 'a' ? { calls: [{ name: 's__look' }] } : says(request)),
    });
    expect(model.requests.map(({ tools }) => tools.length)).toEqual([1, 1, 0]);
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({ code: 'max_iterations' });
  });

  test('ids of tool calls that are new in the whole run', async () => {
    const graph = named(
      ['a', 'b'].map((name) => ({ name, input_nodes: ['start'], output_nodes: ['end'], mcp_servers: ['s'] })),
    );
    const { events } = await playGraph(graph, {
      servers: toolBoxOf('look'),
      answer: (request) =>
        stepOf(request) === 0 ? { calls: [{ name: 's__look', id: 'call_0' }] } : says(request),
    });
    const ids = events.flatMap((event) => (event.type === 'tool_call.started' ? [event.tool_call_id] : []));
    expect(new Set(ids).size).toBe(2);
  });

  test('no nodes at all is a graph that has nothing to say', async () => {
    const { context, events } = await playGraph(graphOf([]), { answer: says });
    expect([context.result?.final_result, events]).toEqual(['', []]);
  });
});
