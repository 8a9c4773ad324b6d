import type { Edge, Target } from './edges.js';
import type { GraphPlan, PlanNode } from './graph-plan.js';

/** One execution of a node that has ended. */
export interface Execution {
  id: string;
  level: number;
  /** How often a loop had begun anew when the node was told to run. */
  pass: number;
}

/** What a node chose, of one of its handoffs. */
export interface Choice {
  key: string;
  target: string;
}

interface NodeState {
  /** It is to run, or to be left out. */
  isDue: boolean;
  isRunning: boolean;
  /** It was chosen: it runs whatever led to it. */
  isChosen: boolean;
  pass: number;
}

/**
 * Decides which nodes of a plan run now. A node waits for all that comes before it, and runs when one of these leads to it; a node
 * that nothing leads to is left out, and then so is what it alone leads to.
 *
 * A node that chose leads only to what it chose, and to what names it as an input without being one of its outputs. A choice that
 * leads back makes everything from there on due again. Each choice counts against its limit, and nothing else makes a node due again, so
 * that every run ends. A node that becomes due again while it runs, runs again; what it chose in vain is forgotten.
 *
 * It is a fold over `start` and `end`: the same calls in the same order give the same state, which is how a run goes on after a crash.
 */
export class Scheduler {
  readonly executions: Execution[] = [];
  readonly #nodes: ReadonlyMap<string, NodeState>;
  /** Whether an edge leads to its node; absent while that is not known. */
  readonly #leads = new Map<Edge, boolean>();
  /** How often each handoff was used. */
  readonly #used = new Map<string, number>();
  readonly #passOfRunning = new Map<string, number>();
  #pass = 0;

  constructor(private readonly plan: GraphPlan) {
    this.#nodes = new Map(
      plan.nodes.map(({ id }) => [id, { isDue: true, isRunning: false, isChosen: false, pass: 0 }]),
    );
    this.#leaveOut();
  }

  get running(): number {
    return this.#passOfRunning.size;
  }

  /** True when nothing runs and nothing will. */
  get isDone(): boolean {
    return this.running === 0 && this.ready().length === 0;
  }

  /** The nodes that may start now, in the order of the plan: lower levels first. */
  ready(): PlanNode[] {
    return this.plan.nodes.filter((node) => this.#mayStart(node)).toSorted((a, b) => a.level - b.level);
  }

  /** What a node may choose now. */
  targetsOf(id: string): (Choice & Target)[] {
    return this.plan
      .node(id)
      .handoffs.filter(({ key, limit }) => (this.#used.get(usedKey(id, key)) ?? 0) < limit)
      .flatMap(({ key, targets }) => targets.map((target) => ({ key, target: target.name, ...target })));
  }

  start(id: string): void {
    const state = this.#state(id);
    state.isDue = false;
    state.isRunning = true;
    this.#passOfRunning.set(id, state.pass);
  }

  /** False when the node has become due again meanwhile, so that its choice is void. */
  end(id: string, choice?: Choice): boolean {
    const node = this.plan.node(id);
    const state = this.#state(id);
    state.isRunning = false;
    const pass = this.#passOfRunning.get(id) ?? state.pass;
    this.#passOfRunning.delete(id);
    this.executions.push({ id, level: node.level, pass });
    if (state.isDue) return false;
    const chosen = choice && this.#use(node, choice);
    for (const edge of node.after) this.#leads.set(edge, leads(edge, chosen));
    if (chosen) this.#goBack(node, chosen);
    this.#leaveOut();
    return true;
  }

  /** The nodes that were chosen; undefined when there is no such choice, or it is used up. */
  #use({ id, handoffs }: PlanNode, { key, target }: Choice): readonly string[] | undefined {
    const handoff = handoffs.find((one) => one.key === key);
    const ids = handoff?.targets.find(({ name }) => name === target)?.ids;
    const used = this.#used.get(usedKey(id, key)) ?? 0;
    if (!handoff || !ids || used >= handoff.limit) return undefined;
    this.#used.set(usedKey(id, key), used + 1);
    return ids;
  }

  #goBack(node: PlanNode, chosen: readonly string[]): void {
    const back = chosen.filter((id) => !node.after.some(({ to }) => to === id));
    if (back.length === 0) return;
    this.#pass += 1;
    const again = new Set(back.flatMap((id) => [...this.plan.from(id)]));
    for (const id of again) {
      const state = this.#state(id);
      state.isChosen = back.includes(id) || (state.isDue && state.isChosen);
      state.isDue = true;
      state.pass = this.#pass;
      for (const edge of this.plan.node(id).before) if (again.has(edge.from)) this.#leads.delete(edge);
    }
  }

  #mayStart(node: PlanNode): boolean {
    return this.#isWaiting(node) && this.#isLedTo(node);
  }

  /** All that comes before it has run or was left out. */
  #isSettled({ before }: PlanNode): boolean {
    return before.every((edge) => this.#leads.has(edge));
  }

  #isLedTo(node: PlanNode): boolean {
    return (
      node.isRoot ||
      this.#state(node.id).isChosen ||
      node.before.some((edge) => this.#leads.get(edge) === true)
    );
  }

  #leaveOut(): void {
    for (let hasChanged = true; hasChanged;) {
      hasChanged = false;
      for (const node of this.plan.nodes) {
        if (!this.#isWaiting(node) || this.#isLedTo(node)) continue;
        this.#state(node.id).isDue = false;
        for (const edge of node.after) this.#leads.set(edge, false);
        hasChanged = true;
      }
    }
  }

  /** It is due, and all that comes before it has run or was left out. */
  #isWaiting(node: PlanNode): boolean {
    const { isDue, isRunning } = this.#state(node.id);
    return isDue && !isRunning && this.#isSettled(node);
  }

  #state(id: string): NodeState {
    const state = this.#nodes.get(id);
    if (!state) throw new Error(`The plan has no node ${id}`);
    return state;
  }
}

function leads(edge: Edge, chosen: readonly string[] | undefined): boolean {
  if (!chosen) return edge.isInput || edge.isOutput;
  if (edge.isChoice && chosen.includes(edge.to)) return true;
  return edge.isInput && !edge.isChoice && !edge.isOutput;
}

function usedKey(id: string, key: string): string {
  return JSON.stringify([id, key]);
}
