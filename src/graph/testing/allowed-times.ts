import type { GraphPlan } from '../plan/graph-plan.js';

/** How often a node may run: once, and once more for each time that a handoff may lead back to before it. */
export function allowedTimes(plan: GraphPlan, id: string): number {
  let times = 1;
  for (const node of plan.nodes)
    for (const { limit, targets } of node.handoffs) {
      const goesBack = targets
        .flatMap(({ ids }) => ids)
        .filter((target) => !node.after.some(({ to }) => to === target));
      if (goesBack.some((target) => plan.from(target).has(id))) times += limit;
    }
  return times;
}
