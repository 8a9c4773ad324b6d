import { readExamples, withModel } from './graph-examples.js';
import { graphFaults } from './graph-faults.js';
import { GraphPlan } from './plan/graph-plan.js';

describe('[GRAPH-11] the example graphs', () => {
  const examples = readExamples();

  test('are there, each with a description and a readme that says what to try', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
    for (const { graph, readme } of examples) {
      expect(graph.description).not.toBe('');
      expect(readme).toContain('Try:');
    }
  });

  test.each(examples.map((example) => [example.graph.name, example] as const))(
    '%s has no fault',
    (_, example) => {
      const { graph, subgraphs } = withModel(example, 'm');
      const all = new Map([graph, ...subgraphs].map((one) => [one.name, one]));
      const world = {
        graph: (name: string) => all.get(name),
        hasModel: (name: string) => name === 'm',
        hasServer: (name: string) => name === 'builtin',
      };
      for (const one of all.values()) expect(graphFaults(one, world)).toEqual([]);
      expect(GraphPlan.of(graph, all).nodes.length).toBeGreaterThan(1);
      for (const { position } of graph.nodes) expect(position).not.toBeNull();
    },
  );

  test('show what graphs can do', () => {
    const nodes = examples.flatMap(({ graph }) => graph.nodes);
    expect(nodes.some(({ handoffs }) => handoffs)).toBe(true);
    expect(nodes.some(({ is_subgraph }) => is_subgraph)).toBe(true);
    expect(nodes.some(({ context }) => context.length > 0)).toBe(true);
    expect(nodes.some(({ mcp_servers }) => mcp_servers.includes('builtin'))).toBe(true);
    expect(nodes.some(({ save }) => save !== null)).toBe(true);
    expect(examples.some(({ graph }) => graph.end_template)).toBe(true);
  });
});
