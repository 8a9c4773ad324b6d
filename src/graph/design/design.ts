import type { GraphConfig } from '../../protocol/graph.js';
import { designFields, type DesignField } from '../../protocol/graph-design.js';
import { readDesignTags, type DraftNode } from './design-tags.js';

/** A graph that is being designed, in the seed's names of its parts; `parsed_results` of the conversation. */
export interface Design {
  analysis: string | null;
  todo: string | null;
  graph_name: string | null;
  graph_description: string | null;
  nodes: DraftNode[];
  end_template: string | null;
}

/** The beginning of a design: nothing, or the graph that it begins with. */
export function designFrom(base: GraphConfig | null): Design {
  return {
    analysis: null,
    todo: null,
    graph_name: base?.name ?? null,
    graph_description: base?.description || null,
    nodes: base?.nodes ?? [],
    end_template: base?.end_template || null,
  };
}

/**
 * The design after one more answer (contract/seed.md §5): simple parts replace, nodes replace the one of their name or are added, then
 * deletions. A node that an answer has twice counts once, the last (D-52).
 */
export function withAnswer(design: Design, answer: string): Design {
  const { fields, nodes: changed, deleted } = readDesignTags(answer);
  const nodes = new Map(design.nodes.map((node) => [node.name, node]));
  for (const node of changed) nodes.set(node.name, node);
  for (const name of deleted) nodes.delete(name);
  return { ...design, ...fields, nodes: [...nodes.values()] };
}

/** What it does not have yet, in the seed's order; a graph is made of all of it. */
export function missingFields(design: Design): DesignField[] {
  return designFields.filter((field) => design[field] === null || design[field].length === 0);
}

/** The configuration of a graph as the design has it, to be checked. */
export function graphOf({ graph_name, graph_description, nodes, end_template }: Design): object {
  return { name: graph_name, description: graph_description, nodes, end_template };
}

/** What people should know of the graph, from what the model said of it. */
export function readmeOf({ graph_name, graph_description, analysis, todo }: Design): string {
  return (
    [`# ${graph_name}`, graph_description, '## Analysis', analysis, '## To do', todo].join('\n\n') + '\n'
  );
}
