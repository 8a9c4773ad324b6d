import { graphOf, reviewLoop, threeNodes } from '../testing/graphs.js';
import { MAX_PLAN_NODES } from './flatten.js';
import { GraphPlan } from './graph-plan.js';

type Graph = ReturnType<typeof graphOf>;
const planOf = (graph: Graph, ...others: Graph[]) =>
  GraphPlan.of(graph, new Map(others.map((one) => [one.name, one])));
const levels = (plan: GraphPlan) => Object.fromEntries(plan.nodes.map(({ id, level }) => [id, level]));
const arrows = (plan: GraphPlan) =>
  plan.nodes.flatMap(({ after }) =>
    after.map(
      ({ from, to, isChoice, isInput }) => `${from}${isChoice ? '~' : '-'}${isInput ? '>' : '|'}${to}`,
    ),
  );

describe('[GRAPH-03] the order of a plan', () => {
  it('is by what comes before what', () => {
    expect(levels(planOf(threeNodes))).toEqual({ a: 0, b: 0, c: 1 });
    expect(levels(planOf(reviewLoop))).toEqual({ w: 0, rev: 1, fin: 2 });
  });

  it('follows outputs as well as inputs', () => {
    const plan = planOf(
      graphOf([
        { name: 'b', input_nodes: [], output_nodes: ['end'] },
        { name: 'a', input_nodes: ['start'], output_nodes: ['b'] },
      ]),
    );
    expect(levels(plan)).toEqual({ b: 1, a: 0 });
    expect(plan.nodes.map(({ isRoot }) => isRoot)).toEqual([false, true]);
  });

  it('[D-46] is not turned around by an explicit edge back: a loop begins where it is entered', () => {
    const loop = graphOf([
      { name: 'fin', input_nodes: ['rev'], output_nodes: ['end'] },
      { name: 'rev', input_nodes: ['w'], output_nodes: ['w', 'fin'], handoffs: 2 },
      { name: 'w', input_nodes: ['start', 'rev'], output_nodes: ['rev'] },
    ]);
    expect(levels(planOf(loop))).toEqual({ w: 0, rev: 1, fin: 2 });
  });

  it('[D-46] has a beginning even when no node names the start', () => {
    const ring = graphOf([
      { name: 'a', input_nodes: ['c'] },
      { name: 'b', input_nodes: ['a'] },
      { name: 'c', input_nodes: ['b'], output_nodes: ['end'] },
    ]);
    expect(levels(planOf(ring))).toEqual({ a: 0, b: 1, c: 2 });
  });
});

describe('[D-45] a graph inside a graph', () => {
  const inner = graphOf(
    [
      { name: 'w', input_nodes: ['start'], output_nodes: ['rev'] },
      { name: 'rev', input_nodes: ['w'], output_nodes: ['w', 'end'], handoffs: 2 },
    ],
    { name: 'inner' },
  );
  const sub = { name: 'sg', is_subgraph: true, subgraph_name: 'inner' };

  it('is in its place: its inputs, outputs and loops are those of its node', () => {
    const plan = planOf(
      graphOf([
        { name: 'a', input_nodes: ['start'], output_nodes: ['sg'] },
        { ...sub, input_nodes: ['a'], output_nodes: ['fin'] },
        { name: 'fin', input_nodes: ['sg'], output_nodes: ['end'] },
      ]),
      inner,
    );
    expect(levels(plan)).toEqual({ a: 0, 'sg.w': 1, 'sg.rev': 2, fin: 3 });
    expect(arrows(plan)).toEqual(['a->sg.w', 'sg.w->sg.rev', 'sg.rev->fin']);
    expect(plan.node('sg.rev').handoffs).toEqual([
      { key: 'sg.rev', limit: 2, targets: [{ name: 'w', description: '', ids: ['sg.w'] }] },
    ]);
  });

  it('may be what a node hands over to', () => {
    const plan = planOf(
      graphOf([
        { name: 'r', input_nodes: ['start'], output_nodes: ['sg', 'x'], handoffs: 1 },
        { ...sub, description: 'writes', input_nodes: ['r'], output_nodes: ['end'] },
        { name: 'x', input_nodes: ['r'], output_nodes: ['end'] },
      ]),
      inner,
    );
    expect(plan.node('r').handoffs[0]?.targets).toEqual([
      { name: 'sg', description: 'writes', ids: ['sg.w'] },
      { name: 'x', description: '', ids: ['x'] },
    ]);
    expect(arrows(plan)).toContain('r~>sg.w');
  });

  it('may hand over itself: then its last nodes choose', () => {
    const plain = graphOf([{ name: 'p', input_nodes: ['start'], output_nodes: ['end'] }], { name: 'inner' });
    const plan = planOf(
      graphOf([
        { ...sub, input_nodes: ['start'], output_nodes: ['x', 'y'], handoffs: 3 },
        { name: 'x', input_nodes: ['sg'], output_nodes: ['end'] },
        { name: 'y', input_nodes: ['sg'], output_nodes: ['end'] },
      ]),
      plain,
    );
    expect(plan.node('sg.p').handoffs).toMatchObject([
      { key: 'sg', limit: 3, targets: [{ name: 'x' }, { name: 'y' }] },
    ]);
    expect(arrows(plan)).toEqual(['sg.p~>x', 'sg.p~>y']);
  });

  it('may hold others, and stand in several places', () => {
    const middle = graphOf([{ ...sub, input_nodes: ['start'], output_nodes: ['end'] }], { name: 'middle' });
    const twice = {
      is_subgraph: true,
      subgraph_name: 'middle',
      input_nodes: ['start'],
      output_nodes: ['end'],
    };
    const plan = planOf(
      graphOf([
        { name: 'l', ...twice },
        { name: 'r', ...twice },
      ]),
      middle,
      inner,
    );
    expect(plan.nodes.map(({ id, isRoot }) => [id, isRoot])).toEqual([
      ['l.sg.w', true],
      ['l.sg.rev', false],
      ['r.sg.w', true],
      ['r.sg.rev', false],
    ]);
  });

  it('is refused when it is not there, is inside of itself, or makes too many', () => {
    const around = graphOf([{ ...sub, input_nodes: ['start'], output_nodes: ['end'] }]);
    expect(() => planOf(around)).toThrow("子图节点 'sg' 引用了不存在的子图 'inner'");
    const round = graphOf([{ ...sub, subgraph_name: 'g', input_nodes: ['start'] }], { name: 'inner' });
    expect(() => planOf(around, round, around)).toThrow('检测到循环引用链: g -> inner -> g');
    const graphs = Array.from({ length: 12 }, (_, depth) =>
      graphOf(
        ['a', 'b'].map((name) => ({
          name,
          input_nodes: ['start'],
          output_nodes: ['end'],
          ...(depth > 0 && { is_subgraph: true, subgraph_name: `d${depth - 1}` }),
        })),
        { name: `d${depth}` },
      ),
    );
    expect(() => planOf(graphs.at(-1)!, ...graphs)).toThrow(String(MAX_PLAN_NODES));
  });
});
