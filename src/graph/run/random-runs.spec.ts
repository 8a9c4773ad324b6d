import fc from 'fast-check';
import { TestContext } from '../../chat/testing/run-context.js';
import type { ModelRequest } from '../../model/model-client.js';
import type { GraphConfig } from '../../protocol/graph.js';
import type { RunEventBody } from '../../protocol/run-event.js';
import { GraphPlan } from '../plan/graph-plan.js';
import { Scheduler } from '../plan/scheduler.js';
import { allowedTimes } from '../testing/allowed-times.js';
import { arbitraryNested } from '../testing/graph.arbitrary.js';
import { playGraph, systemOf, type Played } from '../testing/play-graph.js';
import { GraphProgress, type ProgressBasis } from './graph-progress.js';
import type { NodeRun } from './node-run.js';

const START: ProgressBasis = { input: 'the question', globals: [], nodes: [] };
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Any graph, whose nodes say in their system prompt which they are, and what its model does. */
const arbitraryCase = fc.record({
  nested: arbitraryNested,
  seed: fc.nat(),
  order: fc.infiniteStream(fc.nat()),
  concurrency: fc.integer({ min: 1, max: 4 }),
  cut: fc.nat(),
});
type Case = ReturnType<typeof casesOf>;

function casesOf({ graph, graphs }: { graph: GraphConfig; graphs: Map<string, GraphConfig> }) {
  const telling = (one: GraphConfig): GraphConfig => ({
    ...one,
    nodes: one.nodes.map((node) => ({ ...node, system_prompt: `${one.name}/${node.name}` })),
  });
  const all = new Map([...graphs].map(([name, one]) => [name, telling(one)]));
  return { graph: telling(graph), graphs: all, plan: GraphPlan.of(telling(graph), all) };
}

/** The same node in the same execution says and chooses the same, whenever it is asked. */
function modelOf({ plan }: Case, seed: number, nodes: readonly NodeRun[]) {
  const asked = new Map<string, number>();
  const count = (name: string) => asked.set(name, (asked.get(name) ?? 0) + 1).get(name)!;
  for (const { nodeId } of nodes) {
    const { scope, config } = plan.node(nodeId);
    count(`${scope.graph.name}/${config.name}`);
  }
  return (request: ModelRequest) => {
    const name = systemOf(request);
    const times = count(name);
    const pick = hash(`${seed} ${name} ${times}`);
    const choice = request.tools[pick % (request.tools.length + 1)];
    return { text: `${name}#${times}`, calls: choice ? [{ name: choice.function.name }] : [] };
  };
}

function hash(text: string): number {
  let value = 7;
  for (const character of text) value = (value * 31 + character.codePointAt(0)!) % 1_000_003;
  return value;
}

interface Setting {
  seed: number;
  concurrency: number;
  order: Iterator<number>;
  basis?: ProgressBasis;
}

/** Plays a case; the answers come in any order, one at a time. */
async function play(one: Case, { seed, concurrency, order, basis = START }: Setting): Promise<Played> {
  const waiting: (() => void)[] = [];
  const answer = modelOf(one, seed, basis.nodes);
  const playing = playGraph(one.graph, {
    graphs: one.graphs,
    basis,
    concurrency,
    answer: (request) => ({
      ...answer(request),
      after: new Promise<void>((resolve) => waiting.push(resolve)),
    }),
  });
  let isOver = false;
  void playing.then(() => (isOver = true));
  while (!isOver) {
    await turn();
    waiting.splice((order.next().value as number) % (waiting.length || 1), 1)[0]?.();
  }
  return playing;
}

/** Throws unless the events are an order in which the plan may run, from the basis to its end. */
function checkOrder(plan: GraphPlan, { events, stored }: Played, limit: number, basis = START): void {
  const { scheduler } = new GraphProgress(plan, basis);
  const ends = new Map(stored.map((node) => [node.nodeRunId, node]));
  const running = new Set<string>();
  const seen = new Set<string>();
  for (const event of events) {
    const { node_run_id: id } = event as RunEventBody & { node_run_id: string };
    if (event.type === 'node.started') {
      expect(seen.has(id)).toBe(false);
      expect(scheduler.ready().map((node) => node.id)).toContain(event.node_name);
      scheduler.start(event.node_name);
      seen.add(id);
      running.add(id);
      expect(running.size).toBeLessThanOrEqual(limit);
    }
    expect(running.has(id)).toBe(true);
    if (event.type === 'node.ended') {
      expect(event.status).toBe('ok');
      scheduler.end(event.node_name, ends.get(id)!.choice);
      running.delete(id);
    }
  }
  expect([running.size, scheduler.isDone]).toEqual([0, true]);
  for (const [id, times] of Map.groupBy(scheduler.executions, (one) => one.id))
    expect(times.length).toBeLessThanOrEqual(allowedTimes(plan, id));
}

/** The scheduler as it was in the run itself. */
function live(plan: GraphPlan, { events, stored }: Played): Scheduler {
  const scheduler = new Scheduler(plan);
  const ends = new Map(stored.map((node) => [node.nodeRunId, node]));
  for (const event of events) {
    if (event.type === 'node.started') scheduler.start(event.node_name);
    if (event.type === 'node.ended') scheduler.end(event.node_name, ends.get(event.node_run_id)?.choice);
  }
  return scheduler;
}

const comparable = (nodes: readonly NodeRun[]) => nodes.map(({ nodeRunId: _, ...node }) => node);

describe('[GRAPH-04] random graphs, through the real execution and the real chat turn', () => {
  it('run in a right order, never too many at once, never too often, and end', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryCase, async ({ nested, seed, order, concurrency }) => {
        const one = casesOf(nested);
        const played = await play(one, { seed, concurrency, order: order[Symbol.iterator]() });
        expect(played.error).toBeUndefined();
        expect(played.endedAs).toEqual(played.stored.map((_, at) => at));
        checkOrder(one.plan, played, concurrency);
        expect(played.context.result).toBeDefined();
      }),
      { numRuns: 40 },
    );
  });

  it('[GRAPH-10] [D-34] [D-35] cut at any border of a node go on to the same end, and run nothing again', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryCase, async ({ nested, seed, order, cut }) => {
        const one = casesOf(nested);
        const setting = { seed, concurrency: 1, order: order[Symbol.iterator]() };
        const whole = await play(one, setting);
        const basis = { ...START, nodes: whole.stored.slice(0, cut % (whole.stored.length + 1)) };
        const rest = await play(one, { ...setting, basis });
        expect(comparable([...basis.nodes, ...rest.stored])).toEqual(comparable(whole.stored));
        expect(rest.context.result).toEqual(whole.context.result);
      }),
      { numRuns: 30 },
    );
  });

  it('[GRAPH-10] cut at any border while others work run these others, once, and end', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryCase, async ({ nested, seed, order, concurrency, cut }) => {
        const one = casesOf(nested);
        const setting = { seed, concurrency: concurrency + 1, order: order[Symbol.iterator]() };
        const whole = await play(one, setting);
        const basis = { ...START, nodes: whole.stored.slice(0, cut % (whole.stored.length + 1)) };
        const rest = await play(one, { ...setting, basis });
        expect(rest.error).toBeUndefined();
        checkOrder(one.plan, rest, setting.concurrency, basis);
        // What is stored is all of it: a whole run, read again, is the run that was.
        const again = new GraphProgress(one.plan, { ...START, nodes: whole.stored });
        expect(again.scheduler.isDone).toBe(true);
        expect(again.result).toEqual(whole.context.result);
        expect(again.scheduler.executions).toEqual(live(one.plan, whole).executions);
      }),
      { numRuns: 30 },
    );
  });

  it('[GRAPH-09] cancelled at any moment leave no model working, and no result', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryCase, async ({ nested, seed, concurrency, cut }) => {
        const one = casesOf(nested);
        const abort = new AbortController();
        const answer = modelOf(one, seed, []);
        let asked = 0;
        const reason = new Error('stop');
        const { model, context, error } = await playGraph(one.graph, {
          graphs: one.graphs,
          concurrency,
          context: new TestContext(abort.signal),
          answer: (request) => {
            asked += 1;
            if (asked > cut % 5) queueMicrotask(() => abort.abort(reason));
            return answer(request);
          },
        });
        if (!abort.signal.aborted) return;
        expect(model.running).toBe(0);
        if (error !== undefined) expect([error, context.result]).toEqual([reason, undefined]);
      }),
      { numRuns: 30 },
    );
  });
});
