import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { NodePart, RefusalPart, TextPart, ToolCallPart } from '../../../src/protocol/run-state.js';

/** A text of which every piece reaches only those who read it. */
class GrowingText {
  readonly #text: Signal<string>;
  #pending: string[] = [];

  constructor(text: string) {
    this.#text = signal(text);
  }

  get value(): ReadonlySignal<string> {
    return this.#text;
  }

  push(piece: string): void {
    this.#pending.push(piece);
  }

  flush(): void {
    if (this.#pending.length === 0) return;
    const pieces = this.#pending.join('');
    this.#pending = [];
    this.#text.value = this.#text.peek() + pieces;
  }
}

/** Text of the answer, of its reasoning, or a refusal. */
export class TextBlock {
  readonly key: string;
  readonly kind: 'text' | 'reasoning' | 'refusal';
  /** The execution of a node of a graph in which it is written. */
  readonly nodeRunId: string | undefined;
  readonly #part: TextPart | RefusalPart;
  readonly #text: GrowingText;
  readonly #ended: Signal<boolean>;

  constructor(part: TextPart | RefusalPart) {
    this.key = `${part.kind}:${part.kind === 'refusal' ? part.message_id : part.part_id}`;
    this.kind = part.kind;
    this.nodeRunId = part.node_run_id;
    this.#part = part;
    this.#text = new GrowingText(part.text);
    this.#ended = signal(part.ended);
  }

  get text(): ReadonlySignal<string> {
    return this.#text.value;
  }
  get ended(): ReadonlySignal<boolean> {
    return this.#ended;
  }

  push(delta: string): void {
    this.#text.push(delta);
  }

  flush(): void {
    this.#text.flush();
    this.#ended.value = this.#part.ended;
  }
}

export type ToolCallView = Readonly<
  Pick<ToolCallPart, 'ended' | 'input' | 'invalid' | 'progress' | 'approval' | 'result'>
>;

/** A call of a tool: the arguments as they are written, and everything else as it is now. */
export class ToolCallBlock {
  readonly key: string;
  readonly kind = 'tool_call';
  readonly nodeRunId: string | undefined;
  readonly toolCallId: string;
  /** As the model calls it: `server__tool`. */
  readonly name: string;
  readonly #part: ToolCallPart;
  readonly #args: GrowingText;
  readonly #view: Signal<ToolCallView>;

  constructor(part: ToolCallPart) {
    this.key = `tool:${part.tool_call_id}`;
    this.nodeRunId = part.node_run_id;
    this.toolCallId = part.tool_call_id;
    this.name = part.name;
    this.#part = part;
    this.#args = new GrowingText(part.args);
    this.#view = signal(viewOf(part));
  }

  get args(): ReadonlySignal<string> {
    return this.#args.value;
  }
  get view(): ReadonlySignal<ToolCallView> {
    return this.#view;
  }

  push(delta: string): void {
    this.#args.push(delta);
  }

  flush(): void {
    this.#args.flush();
    this.#view.value = viewOf(this.#part);
  }
}

/** One execution of a node of a graph. */
export class NodeBlock {
  readonly key: string;
  readonly kind = 'node';
  readonly nodeRunId: string;
  readonly name: string;
  readonly parentNodeRunId: string | undefined;
  readonly #part: NodePart;
  readonly #view: Signal<Readonly<Pick<NodePart, 'ended' | 'status' | 'duration_ms'>>>;

  constructor(part: NodePart) {
    this.key = `node:${part.node_run_id}`;
    this.nodeRunId = part.node_run_id;
    this.name = part.node_name;
    this.parentNodeRunId = part.parent_node_run_id;
    this.#part = part;
    this.#view = signal(nodeViewOf(part));
  }

  get view(): ReadonlySignal<Readonly<Pick<NodePart, 'ended' | 'status' | 'duration_ms'>>> {
    return this.#view;
  }

  flush(): void {
    this.#view.value = nodeViewOf(this.#part);
  }
}

function viewOf({ ended, input, invalid, progress, approval, result }: ToolCallPart): ToolCallView {
  return { ended, input, invalid, progress, approval, result };
}

function nodeViewOf({ ended, status, duration_ms }: NodePart) {
  return { ended, status, duration_ms };
}
