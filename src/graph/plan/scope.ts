import { contextCount, END, START, type GraphConfig, type GraphNode } from '../../protocol/graph.js';

/** What an input, a context or a placeholder stands for. */
export type Source =
  /** What the user said. */
  | { kind: 'user' }
  /** The latest output of a node. */
  | { kind: 'node'; id: string }
  /** The latest global outputs of nodes, at most so many, in the order in which they came. */
  | { kind: 'context'; ids: readonly string[]; count: number }
  /** What a graph inside of this one gave. */
  | { kind: 'graph'; scope: Scope }
  /** Several, one after the other. */
  | { kind: 'all'; sources: readonly Source[] };

/** A node in its place: its id is the path to it, for example `review.writer`. */
export interface Leaf {
  id: string;
  config: GraphNode;
  scope: Scope;
}

/** One graph in its place: the outermost, or the inside of a subgraph node. */
export class Scope {
  readonly leaves: Leaf[] = [];
  readonly #members = new Map<string, Leaf | Scope>();

  /** `parent` and `node` say where it stands: the node of the parent that it is the inside of. */
  constructor(
    readonly graph: GraphConfig,
    readonly parent?: Scope,
    readonly node?: GraphNode,
  ) {}

  /** What stands before the names of its nodes. */
  get path(): string {
    return this.parent && this.node ? `${this.parent.path}${this.node.name}.` : '';
  }

  add(name: string, member: Leaf | Scope): void {
    this.#members.set(name, member);
    if (member instanceof Scope) this.leaves.push(...member.leaves);
    else this.leaves.push(member);
  }

  nodeOf(name: string): GraphNode | undefined {
    return this.graph.nodes.find((node) => node.name === name);
  }

  /** The nodes with which a node begins: itself, or the first ones inside of it. */
  entriesOf(name: string): Leaf[] {
    const member = this.#members.get(name);
    if (!member) return [];
    return member instanceof Scope ? member.entries() : [member];
  }

  /** The nodes with which it ends. */
  exitsOf(name: string): Leaf[] {
    const member = this.#members.get(name);
    if (!member) return [];
    return member instanceof Scope ? member.exits() : [member];
  }

  /** The nodes that wait for nothing in this graph but its start. */
  entries(): Leaf[] {
    return this.graph.nodes
      .filter((node) => node.input_nodes.includes(START) || !this.#hasPredecessor(node))
      .flatMap(({ name }) => this.entriesOf(name));
  }

  exits(): Leaf[] {
    return this.graph.nodes
      .filter((node) => node.output_nodes.includes(END))
      .flatMap(({ name }) => this.exitsOf(name));
  }

  /** What a name in this graph stands for. */
  sourceOf(name: string): Source | undefined {
    if (name === START) return this.#start();
    const member = this.#members.get(name);
    if (!member) return undefined;
    return member instanceof Scope ? { kind: 'graph', scope: member } : { kind: 'node', id: member.id };
  }

  /** The nodes whose global outputs a name stands for. A subgraph with global output passes on what its last nodes say. */
  globalsOf(name: string): string[] {
    return this.exitsOf(name)
      .filter(isGlobal)
      .map(({ id }) => id);
  }

  /** The start of a subgraph is all that its node is given. */
  #start(): Source {
    const { parent, node } = this;
    if (!parent || !node) return { kind: 'user' };
    return {
      kind: 'all',
      sources: [...inputsOf(parent, node), ...contextsOf(parent, node)].map(({ source }) => source),
    };
  }

  #hasPredecessor({ name, input_nodes }: GraphNode): boolean {
    return (
      input_nodes.some((input) => input !== START) ||
      this.graph.nodes.some(({ output_nodes }) => output_nodes.includes(name))
    );
  }
}

export interface Named {
  name: string;
  source: Source;
}

/** The inputs of a node under the names that it gives them. */
export function inputsOf(scope: Scope, { input_nodes }: GraphNode): Named[] {
  return [...new Set(input_nodes)].flatMap((name) => {
    const source = scope.sourceOf(name);
    return source ? [{ name, source }] : [];
  });
}

export function contextsOf(scope: Scope, { context, context_mode }: GraphNode): Named[] {
  const count = contextCount(context_mode) ?? Infinity;
  return [...new Set(context)].map((name) => ({
    name,
    source: { kind: 'context', ids: scope.globalsOf(name), count },
  }));
}

/** Whether the outputs of a node are kept for others: it says so, or it is what a subgraph that says so ends with. */
export function isGlobal({ config, scope }: Leaf): boolean {
  let node: GraphNode | undefined = config;
  for (let at: Scope | undefined = scope; node && at; node = at.node, at = at.parent) {
    if (node.global_output) return true;
    if (!node.output_nodes.includes(END)) return false;
  }
  return false;
}
