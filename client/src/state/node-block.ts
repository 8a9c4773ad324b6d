import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { NodePart } from '../../../src/protocol/run-state.js';

export type NodeView = Readonly<Pick<NodePart, 'ended' | 'status' | 'duration_ms'>>;

/** The header of one execution of a graph node. */
export class NodeBlock {
  readonly key: string;
  readonly kind = 'node';
  readonly name: string;
  readonly level: number;
  readonly #part: NodePart;
  readonly #view: Signal<NodeView>;

  constructor(part: NodePart) {
    this.key = `node:${part.node_run_id}`;
    this.name = part.node_name;
    this.level = part.level;
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
