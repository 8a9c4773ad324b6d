import fc from 'fast-check';
import { allowedTimes } from '../testing/allowed-times.js';
import { graphOf } from '../testing/graphs.js';
import { arbitraryGraph, arbitraryNested } from '../testing/graph.arbitrary.js';
import { GraphPlan, type PlanNode } from './graph-plan.js';
import { executionChain, finalResult } from './graph-result.js';
import { nodePrompt } from './node-prompt.js';
import { Outputs } from './outputs.js';
import { Scheduler, type Choice } from './scheduler.js';

type Step = { start: string } | { end: string; choice?: Choice };
const picks = fc.infiniteStream(fc.nat());

/** Lets a plan run, several nodes at once, with whatever choices. Fails when it does not end. */
function play(plan: GraphPlan, pick: () => number, check: (scheduler: Scheduler, node: PlanNode) => void) {
  const scheduler = new Scheduler(plan);
  const steps: Step[] = [];
  const running: string[] = [];
  const limit = 1 + (pick() % 4);
  const bound = [...plan.nodes].reduce((sum, { id }) => sum + allowedTimes(plan, id), 0);
  for (;;) {
    const ready = scheduler.ready();
    if (ready.length === 0 && running.length === 0) break;
    if (ready.length > 0 && running.length < limit && (running.length === 0 || pick() % 2 === 0)) {
      const node = ready[pick() % ready.length]!;
      check(scheduler, node);
      scheduler.start(node.id);
      running.push(node.id);
      steps.push({ start: node.id });
    } else {
      const [id] = running.splice(pick() % running.length, 1);
      const targets = scheduler.targetsOf(id!);
      const chosen = targets[pick() % (targets.length + 1)];
      const choice = chosen && { key: chosen.key, target: chosen.target };
      scheduler.end(id!, choice);
      steps.push({ end: id!, ...(choice && { choice }) });
    }
    expect(scheduler.executions.length).toBeLessThanOrEqual(bound);
  }
  return { scheduler, steps };
}

const taking = (stream: Iterator<number>) => () => stream.next().value as number;

describe('[GRAPH-04] on random graphs, with whatever choices and in whatever order nodes end', () => {
  it('every run ends, and every node runs at most as often as its loops allow', () => {
    fc.assert(
      fc.property(arbitraryNested, picks, ({ graph, graphs }, stream) => {
        const plan = GraphPlan.of(graph, graphs);
        const { scheduler } = play(plan, taking(stream), () => undefined);
        expect(scheduler.isDone).toBe(true);
        for (const [id, executions] of Map.groupBy(scheduler.executions, (one) => one.id))
          expect(executions.length).toBeLessThanOrEqual(allowedTimes(plan, id));
      }),
      { numRuns: 200 },
    );
  });

  it('no node starts while something before it runs or may run, or while it runs itself', () => {
    fc.assert(
      fc.property(arbitraryNested, picks, ({ graph, graphs }, stream) => {
        const plan = GraphPlan.of(graph, graphs);
        const running = new Set<string>();
        const scheduler = new Scheduler(plan);
        const pick = taking(stream);
        for (let ready = scheduler.ready(); ready.length + running.size > 0; ready = scheduler.ready()) {
          for (const node of ready) {
            const before = node.before.map(({ from }) => from);
            expect(before.filter((id) => running.has(id) || ready.some((one) => one.id === id))).toEqual([]);
            expect(running.has(node.id)).toBe(false);
          }
          const next = ready[pick() % (ready.length + 1)];
          if (next) {
            scheduler.start(next.id);
            running.add(next.id);
          } else if (running.size > 0) {
            const id = [...running][pick() % running.size]!;
            running.delete(id);
            scheduler.end(id, scheduler.targetsOf(id)[pick() % 3]);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('everything that the start leads to runs when nobody chooses', () => {
    fc.assert(
      fc.property(arbitraryGraph('g'), picks, (graph, stream) => {
        const plan = GraphPlan.of(
          { ...graph, nodes: graph.nodes.map((node) => ({ ...node, handoffs: null })) },
          new Map(),
        );
        const { scheduler } = play(plan, taking(stream), () => undefined);
        expect(scheduler.executions.map(({ id }) => id).sort()).toEqual(
          plan.nodes.map(({ id }) => id).sort(),
        );
      }),
    );
  });

  it('the same steps give the same state, cut anywhere', () => {
    fc.assert(
      fc.property(arbitraryNested, picks, fc.nat(), ({ graph, graphs }, stream, cut) => {
        const plan = GraphPlan.of(graph, graphs);
        const { scheduler, steps } = play(plan, taking(stream), () => undefined);
        const again = new Scheduler(plan);
        const apply = (some: Step[]) => {
          for (const step of some) {
            if ('start' in step) again.start(step.start);
            else again.end(step.end, step.choice);
          }
        };
        apply(steps.slice(0, cut % (steps.length + 1)));
        again.ready();
        apply(steps.slice(cut % (steps.length + 1)));
        expect(again.executions).toEqual(scheduler.executions);
        expect(again.isDone).toBe(true);
      }),
    );
  });

  it('[D-45] a graph inside of another that only holds it is the same graph', () => {
    fc.assert(
      fc.property(
        arbitraryGraph('inner'),
        fc.array(fc.nat(), { minLength: 200, maxLength: 200 }),
        (inner, numbers) => {
          const outer = graphOf([
            {
              name: 'sg',
              is_subgraph: true,
              subgraph_name: 'inner',
              input_nodes: ['start'],
              output_nodes: ['end'],
            },
          ]);
          const [alone, inside] = [
            GraphPlan.of(inner, new Map()),
            GraphPlan.of(outer, new Map([['inner', inner]])),
          ].map((plan) => {
            const outputs = new Outputs('the question');
            const asked: unknown[] = [];
            let at = 0;
            const { scheduler } = play(
              plan,
              () => numbers[at++ % numbers.length]!,
              (_scheduler, node) => {
                asked.push(nodePrompt(node, outputs));
                outputs.add(node.id, `output ${asked.length}`, node.config.global_output);
              },
            );
            const chain = executionChain(plan, scheduler.executions);
            const result = finalResult(plan, scheduler.executions, outputs);
            return { asked, chain, result };
          });
          const unprefixed = inside!.chain.map((names) => names.map((name) => name.replace(/^sg\./, '')));
          expect({ ...inside, chain: unprefixed }).toEqual(alone);
        },
      ),
    );
  });
});
