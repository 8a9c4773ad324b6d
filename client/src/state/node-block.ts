import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { NodePart } from '../../../src/protocol/run-state.js';

export type NodeView = Readonly<Pick<NodePart, 'ended' | 'status' | 'duration_ms'>>;

/** One execution of a node of a graph, or of an agent that another one called. */
export class NodeBlock {
  readonly key: string;
  readonly kind = 'node';
  readonly id: string;
  readonly name: string;
  readonly level: number;
  /** The execution that it is inside of. */
  readonly nodeRunId: string | undefined;
  /** When it began, in milliseconds; unknown for what is stored. */
  startedAt: number | undefined;
  readonly #part: NodePart;
  readonly #view: Signal<NodeView>;

  constructor(part: NodePart) {
    this.id = part.node_run_id;
    this.key = `node:${this.id}`;
    this.name = part.node_name;
    this.level = part.level;
    this.nodeRunId = part.parent_node_run_id;
    this.#part = part;
    this.#view = signal<NodeView>({ ended: false });
    this.flush();
  }

  get view(): ReadonlySignal<NodeView> {
    return this.#view;
  }

  flush(): void {
    const { ended, status, duration_ms } = this.#part;
    this.#view.value = { ended, status, duration_ms };
  }
}
