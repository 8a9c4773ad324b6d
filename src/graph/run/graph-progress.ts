import type { GraphPlan, PlanNode } from '../plan/graph-plan.js';
import { executionChain, finalResult } from '../plan/graph-result.js';
import { Outputs } from '../plan/outputs.js';
import { Scheduler } from '../plan/scheduler.js';
import type { RunResult } from '../../run/run-program.js';
import type { GlobalOutput, NodeRun } from './node-run.js';

/** From where a run goes on; with no nodes, from the start of the graph. */
export interface ProgressBasis {
  input: string;
  /** The global outputs of earlier turns, in order. */
  globals: readonly GlobalOutput[];
  /** The nodes that have ended before, in the order in which they ended. */
  nodes: readonly NodeRun[];
}

/**
 * How far a graph has come: what runs, what has ended, and what it put out. It is a fold over the beginnings and ends of nodes, so a run
 * that goes on after a crash stands where the run before it stood. A node that had begun and not ended is one that has not begun.
 */
export class GraphProgress {
  readonly scheduler: Scheduler;
  readonly outputs: Outputs;

  constructor(
    readonly plan: GraphPlan,
    { input, globals, nodes }: ProgressBasis,
  ) {
    this.scheduler = new Scheduler(plan);
    this.outputs = new Outputs(input, globals);
    const beginnings = nodes.toSorted((a, b) => a.startedAfter - b.startedAfter);
    for (const node of nodes) {
      while (beginnings[0] && beginnings[0].startedAfter <= this.ended)
        this.scheduler.start(beginnings.shift()!.nodeId);
      this.end(node);
    }
  }

  /** How many nodes have ended. */
  get ended(): number {
    return this.scheduler.executions.length;
  }

  /** The nodes that begin now, at most so many at once. They count as running. */
  begin(concurrency: number): PlanNode[] {
    const nodes = this.scheduler.ready().slice(0, Math.max(0, concurrency - this.scheduler.running));
    for (const { id } of nodes) this.scheduler.start(id);
    return nodes;
  }

  end({ nodeId, output, choice, isGlobal }: NodeRun): void {
    this.scheduler.end(nodeId, choice);
    this.outputs.add(nodeId, output, isGlobal);
  }

  /** How often a node has ended. */
  timesOf(nodeId: string): number {
    return this.scheduler.executions.filter(({ id }) => id === nodeId).length;
  }

  get result(): RunResult {
    const { executions } = this.scheduler;
    return {
      final_result: finalResult(this.plan, executions, this.outputs),
      execution_chain: executionChain(this.plan, executions),
    };
  }
}
