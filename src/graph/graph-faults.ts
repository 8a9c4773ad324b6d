import { END, START, type GraphConfig, type GraphNode } from '../protocol/graph.js';

/** One thing that is wrong with a graph, and where. */
export interface GraphFault {
  code: string;
  /** The name of the graph. */
  graph: string;
  /** The path in the graph, for example `['nodes', '2', 'input_nodes']`. */
  loc: string[];
  /** The name of the node; null for what is wrong with the whole graph. */
  node: string | null;
  /** For people; the seed's words where it has some. */
  message: string;
}

/** What a graph may refer to. */
export interface GraphWorld {
  /** Other graphs of the owner. The graph itself is known by its own name, whatever is stored under it. */
  graph(name: string): GraphConfig | undefined;
  hasModel(name: string): boolean;
  /** Whether a server is configured; it connects when it is needed. */
  hasServer(name: string): boolean;
}

/** Everything that is wrong with a graph besides its schema (contract §4.1), in the order of its nodes; nothing when it can run. */
export function graphFaults(graph: GraphConfig, world: GraphWorld): GraphFault[] {
  const names = new Set(graph.nodes.map(({ name }) => name));
  const faults = graph.nodes.flatMap((node, index) => {
    const isSecond = graph.nodes.findIndex(({ name }) => name === node.name) < index;
    return [
      ...nameFaults(node, isSecond),
      ...referenceFaults(node, names),
      ...(node.is_subgraph ? subgraphFaults(graph, node, world) : modelFaults(node, world)),
      ...serverFaults(node, world),
    ].map(({ field, code, message }): GraphFault => ({
      code,
      graph: graph.name,
      loc: ['nodes', String(index), field],
      node: node.name,
      message,
    }));
  });
  return [...faults, ...islandFaults(graph), ...endFaults(graph)];
}

interface NodeFault {
  field: keyof GraphNode;
  code: string;
  message: string;
}

function nameFaults({ name }: GraphNode, isSecond: boolean): NodeFault[] {
  const faults: NodeFault[] = [];
  if (name === START || name === END)
    faults.push({ field: 'name', code: 'reserved_name', message: `节点名称 '${name}' 是保留名称` });
  if (isSecond) faults.push({ field: 'name', code: 'duplicate_name', message: `节点名称 '${name}' 重复` });
  return faults;
}

function referenceFaults(node: GraphNode, names: ReadonlySet<string>): NodeFault[] {
  const unknown = (field: 'input_nodes' | 'output_nodes' | 'context', what: string, known?: string) =>
    [...new Set(node[field])]
      .filter((name) => name !== known && !names.has(name))
      .map((name): NodeFault => ({
        field,
        code: 'unknown_node',
        message: `节点 '${node.name}' 引用了不存在的${what} '${name}'`,
      }));
  return [
    ...unknown('input_nodes', '输入节点', START),
    ...unknown('output_nodes', '输出节点', END),
    ...unknown('context', '上下文节点'),
  ];
}

function modelFaults({ name, model_name }: GraphNode, world: GraphWorld): NodeFault[] {
  if (model_name === null)
    return [{ field: 'model_name', code: 'model_required', message: `节点 '${name}' 未指定模型` }];
  if (world.hasModel(model_name)) return [];
  const message = `节点 '${name}' 使用了不存在的模型 '${model_name}'`;
  return [{ field: 'model_name', code: 'unknown_model', message }];
}

function serverFaults({ name, mcp_servers, is_subgraph }: GraphNode, world: GraphWorld): NodeFault[] {
  if (is_subgraph) return [];
  return [...new Set(mcp_servers)]
    .filter((server) => !world.hasServer(server))
    .map((server): NodeFault => ({
      field: 'mcp_servers',
      code: 'unknown_server',
      message: `节点 '${name}' 使用了不存在或未连接的MCP服务器 '${server}'`,
    }));
}

function subgraphFaults(graph: GraphConfig, node: GraphNode, world: GraphWorld): NodeFault[] {
  const { name, subgraph_name } = node;
  const fault = (code: string, message: string): NodeFault[] => [{ field: 'subgraph_name', code, message }];
  if (subgraph_name === graph.name)
    return fault('subgraph_cycle', `子图节点 '${name}' 引用了自身，形成循环引用`);
  if (subgraph_name === null || !world.graph(subgraph_name))
    return fault('unknown_subgraph', `子图节点 '${name}' 引用了不存在的子图 '${subgraph_name ?? ''}'`);
  const chain = chainTo(graph.name, subgraph_name, world);
  return chain ? fault('subgraph_cycle', `检测到循环引用链: ${[graph.name, ...chain].join(' -> ')}`) : [];
}

/** The way from a graph through its subgraphs to `target`, where there is one. */
function chainTo(target: string, from: string, world: GraphWorld, seen = new Set<string>()): string[] | null {
  if (from === target) return [from];
  if (seen.has(from)) return null;
  seen.add(from);
  for (const { is_subgraph, subgraph_name } of world.graph(from)?.nodes ?? []) {
    if (!is_subgraph || subgraph_name === null) continue;
    const chain = chainTo(target, subgraph_name, world, seen);
    if (chain) return [from, ...chain];
  }
  return null;
}

function endFaults({ name, nodes }: GraphConfig): GraphFault[] {
  const whole = { graph: name, loc: ['nodes'], node: null };
  const faults: GraphFault[] = [];
  if (!nodes.some(({ input_nodes }) => input_nodes.includes(START)))
    faults.push({
      ...whole,
      code: 'no_start',
      message: "图中没有指定开始节点（需要在某个节点的input_nodes中包含'start'）",
    });
  if (!nodes.some(({ output_nodes }) => output_nodes.includes(END)))
    faults.push({
      ...whole,
      code: 'no_end',
      message: "图中没有指定结束节点（需要在某个节点的output_nodes中包含'end'）",
    });
  return faults;
}

/** Nodes that only lead to each other would wait for ever. */
function islandFaults(graph: GraphConfig): GraphFault[] {
  const { nodes } = graph;
  const reached = new Set<string>();
  const waiting = nodes.filter(
    ({ name, input_nodes }) =>
      input_nodes.includes(START) ||
      (input_nodes.length === 0 && !nodes.some(({ output_nodes }) => output_nodes.includes(name))),
  );
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { name, output_nodes } = next;
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...nodes.filter((one) => output_nodes.includes(one.name) || one.input_nodes.includes(name)));
  }
  // What names nothing that there is has faults of its own.
  const isIsland = ({ name, input_nodes }: GraphNode) =>
    !reached.has(name) && input_nodes.every((input) => nodes.some((one) => one.name === input));
  return nodes.flatMap((node, index) =>
    isIsland(node)
      ? [
          {
            code: 'unreachable_node',
            graph: graph.name,
            loc: ['nodes', String(index), 'input_nodes'],
            node: node.name,
            message: `节点 '${node.name}' 无法从开始节点到达`,
          },
        ]
      : [],
  );
}
