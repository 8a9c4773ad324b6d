import { START } from '../../protocol/graph.js';
import type { GraphPlan, PlanNode } from './graph-plan.js';
import type { Outputs } from './outputs.js';
import type { Execution } from './scheduler.js';
import type { Scope } from './scope.js';

/**
 * What ran after what, by levels (contract §4.5). Nodes of one level that run at once may end in any order; here they stand in the
 * order of the plan, so that the same run has the same chain.
 */
export function executionChain(plan: GraphPlan, executions: readonly Execution[]): string[][] {
  const chain: string[][] = [[START]];
  let last = { pass: 0, level: 0 };
  for (const { id, pass, level } of inOrder(plan, executions)) {
    if (pass === last.pass && level === last.level) {
      const names = chain.at(-1)!;
      if (!names.includes(id)) names.push(id);
    } else chain.push([id]);
    last = { pass, level };
  }
  return chain;
}

/** The template at the end of the graph, or else what its last node gave. A node that passes on its tools' answers and has none gave nothing. */
export function finalResult(plan: GraphPlan, executions: readonly Execution[], outputs: Outputs): string {
  const result = outputs.resultOf(plan.root);
  if (result !== undefined) return result;
  const last = inOrder(plan, executions).findLast(
    ({ id }) => plan.node(id).config.output_enabled || outputs.latest(id) !== '',
  );
  return last ? saidAtTheEnd(plan.node(last.id), outputs) : '';
}

/** What a node gave; where it is inside of a graph that has a template of its own, what that makes of it. */
function saidAtTheEnd({ id, scope }: PlanNode, outputs: Outputs): string {
  let text = outputs.latest(id);
  for (let at: Scope | undefined = scope; at?.parent; at = at.parent) text = outputs.resultOf(at) ?? text;
  return text;
}

function inOrder(plan: GraphPlan, executions: readonly Execution[]): Execution[] {
  const position = new Map(plan.nodes.map(({ id }, at) => [id, at]));
  return executions.toSorted(
    (a, b) => a.pass - b.pass || a.level - b.level || (position.get(a.id) ?? 0) - (position.get(b.id) ?? 0),
  );
}
