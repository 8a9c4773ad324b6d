import type { RunPhase } from '../../protocol/run-state.js';

/** A turn of a graph, as far as it matters for those that follow. */
export interface Turn {
  state: RunPhase;
  /** It goes on with what the turn before it left. */
  resumes: boolean;
  /** Empty: none. */
  input: string;
}

export interface Chain {
  /** The turn whose nodes are the first ones of the last turn's execution. */
  first: number;
  /** The turn that has the graphs. */
  graphsOf: number;
  /** The turns of other executions. */
  earlier: number[];
}

/**
 * Which turns of a branch are one execution of the graph with its last turn: those that go on with each other. What goes on from a turn
 * that has completed, with a new input, begins a new execution of the same graph.
 */
export function chainOf(branch: readonly Turn[]): Chain {
  const goesOn = (at: number) => branch[at]!.resumes && at > 0;
  let first = branch.length - 1;
  while (goesOn(first) && !(branch[first]!.input !== '' && branch[first - 1]!.state === 'completed'))
    first -= 1;
  let graphsOf = first;
  while (goesOn(graphsOf)) graphsOf -= 1;
  return { first, graphsOf, earlier: [...branch.keys()].filter((at) => at < first) };
}
