import type { Choice } from '../plan/scheduler.js';

/** A node that has ended well: all that the run needs to go on from there. */
export interface NodeRun {
  nodeRunId: string;
  /** Its path in the graph. */
  nodeId: string;
  /** How many nodes had ended when it began. Nodes that run at once begin before others end. */
  startedAfter: number;
  output: string;
  choice?: Choice;
  isGlobal: boolean;
  /** The output is a file of this name. */
  fileName?: string;
}

export interface GlobalOutput {
  id: string;
  text: string;
}
