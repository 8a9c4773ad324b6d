import fc from 'fast-check';
import type { GraphConfig } from '../../protocol/graph.js';
import { graphOf } from './graphs.js';

const arbitraryNode = fc.record({
  fromStart: fc.boolean(),
  inputs: fc.array(fc.nat(), { maxLength: 2 }),
  outputs: fc.array(fc.nat(), { maxLength: 3 }),
  toEnd: fc.boolean(),
  handoffs: fc.option(fc.nat(3)),
  isGlobal: fc.boolean(),
  context: fc.option(fc.nat()),
  mode: fc.constantFrom('all', 'latest', '2'),
  prompt: fc.constantFrom('', '', 'Say something.', 'Use {n0}, {start} and {n1:2}.', '{n1}'),
  isSubgraph: fc.boolean(),
});

/**
 * Any graph that has a start and an end: loops with and without handoffs, islands, nodes that name themselves. Some nodes are the graph
 * `inner`, when there is one.
 */
export function arbitraryGraph(name: string, inner?: GraphConfig): fc.Arbitrary<GraphConfig> {
  return fc.array(arbitraryNode, { minLength: 1, maxLength: 6 }).map((plans) => {
    const nameOf = (at: number) => `n${at % plans.length}`;
    return graphOf(
      plans.map((plan, at) => ({
        name: nameOf(at),
        input_nodes: [...(plan.fromStart || at === 0 ? ['start'] : []), ...plan.inputs.map(nameOf)],
        output_nodes: [
          ...plan.outputs.map(nameOf),
          ...(plan.toEnd || at === plans.length - 1 ? ['end'] : []),
        ],
        handoffs: plan.handoffs,
        global_output: plan.isGlobal,
        context: plan.context === null ? [] : [nameOf(plan.context)],
        context_mode: plan.mode,
        user_prompt: plan.prompt,
        ...(inner && plan.isSubgraph && { is_subgraph: true, subgraph_name: inner.name }),
      })),
      { name, end_template: plans.length % 2 === 0 ? null : 'So: {n0}' },
    );
  });
}

/** A graph, and one that it may hold. */
export const arbitraryNested: fc.Arbitrary<{ graph: GraphConfig; graphs: Map<string, GraphConfig> }> =
  arbitraryGraph('inner').chain((inner) =>
    arbitraryGraph('outer', inner).map((graph) => ({ graph, graphs: new Map([['inner', inner]]) })),
  );
