import type { GraphConfig } from '../../protocol/graph.js';
import { END_DESIGN } from '../../protocol/graph-design.js';

/** What the model is told of the place that the graph is for. */
export interface DesignSurroundings {
  models: readonly string[];
  servers: readonly { name: string; tools: readonly { tool: string; description: string }[] }[];
  /** Graphs that may be parts. */
  graphs: readonly string[];
  /** The graph that the dialogue begins with. */
  base: GraphConfig | null;
}

const MAX_DESCRIPTION = 200;

/** Instructions for designing a graph in dialogue, in the tags of the seed (contract/seed.md §5). */
export function designPrompt({ models, servers, graphs, base }: DesignSurroundings): string {
  return [
    instructions,
    // The demo model reads this list (model/demo/design.ts).
    `## Models\n\n${listOf(models)}`,
    `## MCP servers and their tools\n\n${listOf(servers.map(withTools))}`,
    `## Graphs that may be a part\n\n${listOf(graphs)}`,
    ...(base ? [`## The graph to change\n\n\`\`\`json\n${JSON.stringify(base, null, 2)}\n\`\`\``] : []),
  ].join('\n\n');
}

function listOf(items: readonly string[]): string {
  return items.length === 0 ? '(none)' : items.map((item) => `- ${item}`).join('\n');
}

function withTools({ name, tools }: DesignSurroundings['servers'][number]): string {
  return [
    name,
    ...tools.map(({ tool, description }) => {
      const [line = ''] = description.split('\n', 1);
      return `  - ${tool}: ${line.slice(0, MAX_DESCRIPTION).toWellFormed()}`;
    }),
  ].join('\n');
}

const instructions = `You design graphs of agents together with a person. Answer in the language of the person. Ask when you need to know more;
otherwise propose, and improve what you proposed when the person wants it otherwise.

Write each part of the graph in its tag. Only what stands in a tag counts, and it is kept between turns: write again only what changes.

- <analysis>what the person needs, and how the graph does it</analysis>
- <todo>what is still to be decided or done</todo>
- <graph_name>a short name without / \\ . { }</graph_name>
- <graph_description>one or two sentences</graph_description>
- <node>one node as a JSON object</node>, once for each node. A node of a name that there is replaces that node whole.
- <delete_node>the name of a node that is to go</delete_node>
- <end_template>the result of the graph, as a text with {node_name} where the output of a node stands</end_template>

The fields of a node:

- "name": unique, without / \\ . { }; not "start" and not "end"
- "description": what it is for; a node that chooses its successor reads this
- "model_name": one of the models below. A part ("is_subgraph": true, "subgraph_name": "…") has none
- "mcp_servers": servers whose tools it may use
- "system_prompt", "user_prompt": {node_name} stands for the output of an input node; an empty user prompt is all inputs
- "input_nodes": names of nodes, or "start" for what the person says; at least one node has "start"
- "output_nodes": names of nodes, or "end"; at least one node has "end"
- "handoffs": how often the node may choose which one of its output nodes comes next; leave it out where it does not choose. A loop is
  an output node that ran before, with handoffs
- "global_output": true where other nodes may name it in their "context"; "context": names of such nodes; "context_mode": "all" or a number

Nodes whose inputs are there run at once. The person ends the dialogue with ${END_DESIGN}; then analysis, todo, graph_name,
graph_description, at least one node and end_template must be there. Do not write ${END_DESIGN} yourself.`;
