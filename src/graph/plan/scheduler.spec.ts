import { graphOf, reviewLoop, threeNodes } from '../testing/graphs.js';
import { executionChain } from './graph-result.js';
import { GraphPlan } from './graph-plan.js';
import { Scheduler } from './scheduler.js';

type Graph = ReturnType<typeof graphOf>;
const planOf = (graph: Graph) => GraphPlan.of(graph, new Map());

/** Runs one node at a time; `choices` says what a node chooses, one execution after the other. */
function run(graph: Graph, choices: Record<string, string[]> = {}) {
  const plan = planOf(graph);
  const scheduler = new Scheduler(plan);
  const order: string[] = [];
  for (let [node] = scheduler.ready(); node; [node] = scheduler.ready()) {
    scheduler.start(node.id);
    const wanted = choices[node.id]?.shift();
    const choice = scheduler.targetsOf(node.id).find(({ name }) => name === wanted);
    order.push(node.id + (choice ? `>${choice.name}` : ''));
    scheduler.end(node.id, choice);
  }
  expect(scheduler.isDone).toBe(true);
  return { order, chain: executionChain(plan, scheduler.executions) };
}
const ready = (scheduler: Scheduler) => scheduler.ready().map(({ id }) => id);

describe('[GRAPH-03] the scheduler', () => {
  it('runs what is ready at once, and the rest when its inputs are there', () => {
    const scheduler = new Scheduler(planOf(threeNodes));
    expect(ready(scheduler)).toEqual(['a', 'b']);
    scheduler.start('a');
    scheduler.start('b');
    scheduler.end('b');
    expect(ready(scheduler)).toEqual([]);
    scheduler.end('a');
    expect(ready(scheduler)).toEqual(['c']);
  });

  it('has the chain of the seed, in whatever order nodes end', () => {
    expect(run(threeNodes).chain).toEqual([['start', 'a', 'b'], ['c']]);
    const plan = planOf(threeNodes);
    const scheduler = new Scheduler(plan);
    for (const id of ['a', 'b']) scheduler.start(id);
    for (const id of ['b', 'a']) scheduler.end(id);
    expect(executionChain(plan, scheduler.executions)).toEqual([['start', 'a', 'b']]);
  });

  it('[GRAPH-05] loops as often as the limit says (vector 10)', () => {
    const again = { rev: ['w', 'w', 'w'] };
    expect(run(reviewLoop, again)).toEqual({
      order: ['w', 'rev>w', 'w', 'rev>w', 'w', 'rev', 'fin'],
      chain: [['start', 'w'], ['rev'], ['w'], ['rev'], ['w'], ['rev'], ['fin']],
    });
    expect(run(reviewLoop).order).toEqual(['w', 'rev', 'fin']);
    expect(run(reviewLoop, { rev: ['fin'] }).order).toEqual(['w', 'rev>fin', 'fin']);
  });

  it('[D-46] runs a loop with an explicit edge back in the same order', () => {
    const loop = graphOf([
      { name: 'fin', input_nodes: ['rev'], output_nodes: ['end'] },
      { name: 'rev', input_nodes: ['w'], output_nodes: ['w', 'fin'], handoffs: 1 },
      { name: 'w', input_nodes: ['start', 'rev'], output_nodes: ['rev'] },
    ]);
    expect(run(loop, { rev: ['w'] }).order).toEqual(['w', 'rev>w', 'w', 'rev', 'fin']);
  });

  const fork = graphOf([
    { name: 'r', input_nodes: ['start'], output_nodes: ['x', 'y'], handoffs: 1 },
    { name: 'x', input_nodes: ['r'], output_nodes: ['z'] },
    { name: 'x2', input_nodes: ['x'], output_nodes: ['end'] },
    { name: 'y', input_nodes: ['r'], output_nodes: ['z'] },
    { name: 'q', input_nodes: ['r'], output_nodes: ['end'] },
    { name: 'z', input_nodes: ['x', 'y'], output_nodes: ['end'] },
  ]);
  it('leaves out what was not chosen and what it alone leads to, and nothing else', () => {
    expect(run(fork, { r: ['y'] })).toEqual({
      order: ['r>y', 'y', 'q', 'z'],
      chain: [['start', 'r'], ['y', 'q'], ['z']],
    });
  });
  it('leaves out nothing where nothing is chosen', () => {
    expect(run(fork).order).toEqual(['r', 'x', 'y', 'q', 'x2', 'z']);
  });

  it('runs a target that does not name the one that chooses only when it is chosen', () => {
    const triage = graphOf([
      { name: 'r', input_nodes: ['start'], output_nodes: ['x', 'end'], handoffs: 1 },
      { name: 'x', input_nodes: ['start'], output_nodes: ['end'] },
      { name: 'y', input_nodes: [], output_nodes: ['end'] },
    ]);
    const pure = graphOf([
      { name: 'r', input_nodes: ['start'], output_nodes: ['x', 'y', 'end'], handoffs: 1 },
      { name: 'x', input_nodes: [], output_nodes: ['end'] },
      { name: 'y', input_nodes: [], output_nodes: ['end'] },
    ]);
    expect(run(pure).order).toEqual(['r']);
    expect(run(pure, { r: ['y'] }).order).toEqual(['r>y', 'y']);
    // Also where it reads what the user said. A node that waits for nothing runs at once.
    expect(run(triage).order).toEqual(['r', 'y']);
    expect(run(triage, { r: ['x'] }).order).toEqual(['r>x', 'y', 'x']);
  });

  it('lets two nodes hand over to each other', () => {
    const pair = graphOf([
      { name: 'a', input_nodes: ['start'], output_nodes: ['b'], handoffs: 2 },
      { name: 'b', input_nodes: ['a'], output_nodes: ['a', 'end'], handoffs: 2 },
    ]);
    expect(run(pair, { a: ['b', 'b', 'b'], b: ['a', 'a', 'a'] })).toEqual({
      order: ['a>b', 'b>a', 'a>b', 'b>a', 'a', 'b'],
      chain: [['start', 'a'], ['b'], ['a'], ['b'], ['a'], ['b']],
    });
    expect(
      run(graphOf([{ name: 's', input_nodes: ['start'], output_nodes: ['s', 'end'], handoffs: 2 }]), {
        s: ['s', 's', 's'],
      }).order,
    ).toEqual(['s>s', 's>s', 's']);
  });

  it('does not count what is no choice, or is used up', () => {
    const scheduler = new Scheduler(planOf(reviewLoop));
    scheduler.start('w');
    scheduler.end('w');
    scheduler.start('rev');
    scheduler.end('rev', { key: 'rev', target: 'nowhere' });
    expect(scheduler.targetsOf('rev').map(({ name }) => name)).toEqual(['w', 'fin']);
    expect(ready(scheduler)).toEqual(['fin']);
  });

  describe('with nodes that are at work while a loop begins anew', () => {
    const busy = graphOf([
      { name: 'w', input_nodes: ['start'], output_nodes: ['rev', 'other'] },
      { name: 'rev', input_nodes: ['w'], output_nodes: ['w', 'fin'], handoffs: 1 },
      { name: 'other', input_nodes: ['w'], output_nodes: ['fin'] },
      { name: 'fin', input_nodes: ['rev', 'other'], output_nodes: ['end'] },
    ]);
    const again = { key: 'rev', target: 'w' };

    it('runs them again, one execution at a time', () => {
      const scheduler = new Scheduler(planOf(busy));
      scheduler.start('w');
      scheduler.end('w');
      scheduler.start('rev');
      scheduler.start('other');
      scheduler.end('rev', again);
      expect(ready(scheduler)).toEqual(['w']);
      scheduler.start('w');
      scheduler.end('w');
      expect(ready(scheduler)).toEqual(['rev']);
      scheduler.end('other');
      expect(ready(scheduler)).toEqual(['rev', 'other']);
      for (const id of ['rev', 'other']) scheduler.start(id);
      for (const id of ['rev', 'other']) scheduler.end(id);
      expect(ready(scheduler)).toEqual(['fin']);
    });

    it('forgets what they choose in vain', () => {
      const both = graphOf([
        { name: 'w', input_nodes: ['start'], output_nodes: ['r1', 'r2'] },
        { name: 'r1', input_nodes: ['w'], output_nodes: ['w', 'end'], handoffs: 1 },
        { name: 'r2', input_nodes: ['w'], output_nodes: ['w', 'end'], handoffs: 1 },
      ]);
      const scheduler = new Scheduler(planOf(both));
      scheduler.start('w');
      scheduler.end('w');
      for (const id of ['r1', 'r2']) scheduler.start(id);
      expect(scheduler.end('r1', { key: 'r1', target: 'w' })).toBe(true);
      expect(scheduler.end('r2', { key: 'r2', target: 'w' })).toBe(false);
      expect(scheduler.targetsOf('r1')).toEqual([]);
      expect(scheduler.targetsOf('r2').map(({ name }) => name)).toEqual(['w']);
    });
  });
});
