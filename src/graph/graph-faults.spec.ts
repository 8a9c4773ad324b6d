import { graphFaults } from './graph-faults.js';
import { graphOf, reviewLoop, threeNodes, worldOf } from './testing/graphs.js';

const whole = { input_nodes: ['start'], output_nodes: ['end'] };
const faultsOf = (nodes: Parameters<typeof graphOf>[0], ...others: Parameters<typeof worldOf>) => {
  const graph = graphOf(nodes);
  return graphFaults(graph, worldOf(graph, ...others));
};
const messages = (...args: Parameters<typeof faultsOf>) => faultsOf(...args).map(({ message }) => message);

describe('[GRAPH-02] the faults of a graph', () => {
  it('are none where there are none', () => {
    for (const graph of [threeNodes, reviewLoop]) expect(graphFaults(graph, worldOf(graph))).toEqual([]);
    expect(
      faultsOf([{ name: 'a', ...whole, mcp_servers: ['s'], context: ['a'], global_output: true }]),
    ).toEqual([]);
  });

  it.each([
    [{ input_nodes: ['start', 'x'] }, "节点 'a' 引用了不存在的输入节点 'x'"],
    [{ input_nodes: ['start', 'end'] }, "节点 'a' 引用了不存在的输入节点 'end'"],
    [{ output_nodes: ['end', 'x'] }, "节点 'a' 引用了不存在的输出节点 'x'"],
    [{ output_nodes: ['end', 'start'] }, "节点 'a' 引用了不存在的输出节点 'start'"],
    [{ context: ['x'] }, "节点 'a' 引用了不存在的上下文节点 'x'"],
    [{ model_name: 'x' }, "节点 'a' 使用了不存在的模型 'x'"],
    [{ model_name: '' }, "节点 'a' 未指定模型"],
    [{ mcp_servers: ['s', 'x', 'x'] }, "节点 'a' 使用了不存在或未连接的MCP服务器 'x'"],
    [{ is_subgraph: true, subgraph_name: 'x' }, "子图节点 'a' 引用了不存在的子图 'x'"],
    [{ is_subgraph: true }, "子图节点 'a' 引用了不存在的子图 ''"],
    [{ is_subgraph: true, subgraph_name: 'g' }, "子图节点 'a' 引用了自身，形成循环引用"],
    [{ input_nodes: [] }, "图中没有指定开始节点（需要在某个节点的input_nodes中包含'start'）"],
    [{ output_nodes: [] }, "图中没有指定结束节点（需要在某个节点的output_nodes中包含'end'）"],
  ])("have the seed's words: %j", (fields, message) => {
    expect(messages([{ name: 'a', ...whole, ...fields }])).toEqual([message]);
  });

  it('[D-41] are names that two nodes have, and names that mean something else', () => {
    const faults = faultsOf([
      { name: 'a', ...whole },
      { name: 'a', ...whole },
      { name: 'start', ...whole },
      { name: 'end', ...whole },
    ]);
    expect(faults.map(({ code, node, loc }) => [code, node, loc])).toEqual([
      ['duplicate_name', 'a', ['nodes', '1', 'name']],
      ['reserved_name', 'start', ['nodes', '2', 'name']],
      ['reserved_name', 'end', ['nodes', '3', 'name']],
    ]);
  });

  it('[D-42] are none for a subgraph without a model', () => {
    const inner = graphOf([{ name: 'x', ...whole }], { name: 'inner' });
    for (const model_name of [undefined, null, ''])
      expect(
        faultsOf([{ name: 'a', ...whole, is_subgraph: true, subgraph_name: 'inner', model_name }], inner),
      ).toEqual([]);
  });

  it('are graphs that are parts of each other', () => {
    const sub = (name: string) => ({ name: 'sub', ...whole, is_subgraph: true, subgraph_name: name });
    const b = graphOf([sub('c')], { name: 'b' });
    const c = graphOf([sub('g')], { name: 'c' });
    expect(messages([sub('b')], b, c)).toEqual(['检测到循环引用链: g -> b -> c -> g']);
    // A cycle of others is theirs.
    const other = graphOf([sub('b')], { name: 'c' });
    expect(messages([sub('b')], b, other)).toEqual([]);
  });

  it('are nodes that only lead to each other', () => {
    expect(
      messages([
        { name: 'a', ...whole },
        { name: 'x', input_nodes: ['y'] },
        { name: 'y', input_nodes: ['x'] },
      ]),
    ).toEqual(["节点 'x' 无法从开始节点到达", "节点 'y' 无法从开始节点到达"]);
    // A node without inputs waits for nothing.
    expect(messages([{ name: 'a', ...whole }, { name: 'alone' }])).toEqual([]);
  });

  it('are told all at once, each with its graph, node and field', () => {
    expect(faultsOf([{ name: 'a', model_name: 'x', input_nodes: ['y'], output_nodes: ['z'] }])).toMatchObject(
      [
        { code: 'unknown_node', graph: 'g', node: 'a', loc: ['nodes', '0', 'input_nodes'] },
        { code: 'unknown_node', graph: 'g', node: 'a', loc: ['nodes', '0', 'output_nodes'] },
        { code: 'unknown_model', graph: 'g', node: 'a', loc: ['nodes', '0', 'model_name'] },
        { code: 'no_start', graph: 'g', node: null, loc: ['nodes'] },
        { code: 'no_end', graph: 'g', node: null, loc: ['nodes'] },
      ],
    );
  });
});
