import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { ToolStatus } from '../../../src/protocol/run-event.js';
import type { ToolCallPart } from '../../../src/protocol/run-state.js';
import { LineDocument } from '../markdown/index.js';

export type ToolPhase = 'writing' | 'running' | ToolStatus;

/** What a tool card shows besides its two documents. */
export interface ToolView {
  phase: ToolPhase;
  progress?: { progress: number; total?: number; message?: string };
  durationMs?: number;
  invalid?: string;
  /** The first line of the result, or of the arguments while there is none. */
  firstLine: string;
}

const FIRST_LINE_LENGTH = 160;
/** Arguments that were written on one longer line are shown indented once they are complete. */
const INDENT_FROM = 60;
const INDENT_TO = 100_000;

export class ToolBlock {
  readonly key: string;
  readonly kind = 'tool_call';
  /** The execution of a node that calls it. */
  readonly nodeRunId: string | undefined;
  readonly server: string | undefined;
  readonly tool: string;
  readonly result = new LineDocument();
  readonly #part: ToolCallPart;
  readonly #args = signal(new LineDocument());
  readonly #view: Signal<ToolView>;
  #pending: string[] = [];
  #argsEnded = false;

  constructor(part: ToolCallPart) {
    this.key = `tool:${part.tool_call_id}`;
    this.nodeRunId = part.node_run_id;
    this.#part = part;
    const split = part.name.indexOf('__');
    this.server = part.server ?? (split > 0 ? part.name.slice(0, split) : undefined);
    this.tool = part.tool ?? (split > 0 ? part.name.slice(split + 2) : part.name);
    if (part.args !== '') this.#pending.push(part.args);
    this.#view = signal<ToolView>(viewOf(part));
  }

  get view(): ReadonlySignal<ToolView> {
    return this.#view;
  }

  get args(): ReadonlySignal<LineDocument> {
    return this.#args;
  }

  push(delta: string): void {
    this.#pending.push(delta);
  }

  flush(): void {
    const part = this.#part;
    if (this.#pending.length > 0) {
      this.#args.peek().append(this.#pending.join(''));
      this.#pending = [];
    }
    const complete = part.input !== undefined || part.invalid !== undefined || part.ended;
    if (complete && !this.#argsEnded) {
      this.#argsEnded = true;
      this.#args.peek().end();
      const indented = indent(part.args);
      if (indented !== undefined) this.#args.value = ended(indented);
    }
    if (part.result && !this.result.ended) {
      this.result.append(indent(part.result.content) ?? part.result.content);
      this.result.end();
    }
    this.#view.value = viewOf(part);
  }
}

function viewOf(part: ToolCallPart): ToolView {
  const { result, invalid, progress, ended } = part;
  const isWritten = part.input !== undefined || invalid !== undefined;
  return {
    // A call of the client's own tools ends without an outcome here.
    phase: result?.status ?? (ended ? 'unknown' : isWritten ? 'running' : 'writing'),
    progress: result ? undefined : progress,
    // A stored round does not say how long its calls took.
    durationMs: result && result.duration_ms >= 0 ? result.duration_ms : undefined,
    invalid,
    firstLine: firstLine(result?.content ?? part.args),
  };
}

function firstLine(text: string): string {
  const line = /\S[^\n]*/.exec(text.slice(0, 4 * FIRST_LINE_LENGTH))?.[0] ?? '';
  return line.length > FIRST_LINE_LENGTH ? `${line.slice(0, FIRST_LINE_LENGTH)}…` : line;
}

function indent(text: string): string | undefined {
  if (text.length < INDENT_FROM || text.length > INDENT_TO || !/^\s*[[{]/.test(text) || text.includes('\n')) {
    return undefined;
  }
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

function ended(text: string): LineDocument {
  const document = new LineDocument();
  document.append(text);
  document.end();
  return document;
}
