import { ToolCallIds } from '../chat/operators/tool-call-ids.js';

/** What agents may do that do not say how much. */
export const DEFAULT_DEPTH = 3;
const DEFAULT_CALLS = 25;

/** Where an agent works within its run. */
export interface AgentPlace {
  /** The agents that are working here, from that of the run down to this one. */
  chain: readonly string[];
  /** How many levels of agents may work below it. */
  depthLeft: number;
}

/** What the agents of one run have in common, on all levels. */
export class AgentCalls {
  readonly ids = new ToolCallIds();
  readonly #most: number;
  #made = 0;

  constructor(most: number | null) {
    this.#most = most ?? DEFAULT_CALLS;
  }

  /**
   * Takes note of a call, or says why it must not be, for the model that wanted it: it goes around in a circle, it is too deep, or there
   * were too many.
   */
  refuse(name: string, { chain, depthLeft }: AgentPlace): string | undefined {
    if (chain.includes(name))
      return `it is at work already (${[...chain, name].join(' → ')}), and waits for this answer. Answer without it.`;
    if (depthLeft <= 0)
      return `agents may not be nested deeper than this (${[...chain, name].join(' → ')}). Answer without it.`;
    if (this.#made >= this.#most)
      return `this run has made all of its ${this.#most} calls of agents. Answer with what there is.`;
    this.#made += 1;
    return undefined;
  }
}
