import type { EventOf } from '../../../protocol/run-event.js';

/** A chunk of the UI message stream, as far as this side writes it. */
export type Chunk = { type: string } & Record<string, unknown>;

type Kind = 'text' | 'reasoning';
type Result = Pick<EventOf<'tool_result'>, 'status' | 'content'> & { output?: unknown };

interface TextPart {
  kind: Kind;
  length: number;
}
interface Call {
  name: string;
  executor: EventOf<'tool_call.started'>['executor'];
  title?: string;
  args: string;
  state: 'writing' | 'ready' | 'invalid' | 'done';
}

/**
 * The parts of one message, as its client has them: each method gives the chunks that bring the client there, and none where it is
 * there already. So a part may be told twice, by its events and by a snapshot.
 */
export class AiSdkParts {
  readonly #texts = new Map<string, TextPart>();
  readonly #open = new Set<string>();
  readonly #calls = new Map<string, Call>();
  /** What began in this step. */
  #inStep: string[] = [];

  beginStep(): void {
    this.#inStep = [];
  }

  /** The ids of what began in this step. */
  get inStep(): readonly string[] {
    return this.#inStep;
  }

  /** What the client has of this step is void. */
  resetStep(): Chunk[] {
    for (const id of this.#inStep) {
      this.#texts.delete(id);
      this.#open.delete(id);
      this.#calls.delete(id);
    }
    this.#inStep = [];
    return [{ type: 'reset-step' }];
  }

  get textIds(): string[] {
    return [...this.#texts.keys()];
  }

  /** How much was written of a kind of text in these parts. */
  lengthOf(kind: Kind, ids: readonly string[]): number {
    return ids.reduce((sum, id) => {
      const part = this.#texts.get(id);
      return sum + (part?.kind === kind ? part.length : 0);
    }, 0);
  }

  /** The parts of a kind of text that are open, in the order in which they began. */
  openOf(kind: Kind): string[] {
    return [...this.#open].filter((id) => this.#texts.get(id)?.kind === kind);
  }

  writtenOf(id: string): number {
    return this.#texts.get(id)?.length ?? 0;
  }

  start(kind: Kind, id: string, providerMetadata?: object): Chunk[] {
    if (this.#texts.has(id)) return [];
    this.#texts.set(id, { kind, length: 0 });
    this.#open.add(id);
    this.#inStep.push(id);
    return [{ type: `${kind}-start`, id, ...(providerMetadata && { providerMetadata }) }];
  }

  delta(id: string, delta: string): Chunk[] {
    const part = this.#texts.get(id);
    if (!part || delta === '') return [];
    part.length += delta.length;
    return [{ type: `${part.kind}-delta`, id, delta }];
  }

  end(id: string): Chunk[] {
    if (!this.#open.delete(id)) return [];
    return [{ type: `${this.#texts.get(id)!.kind}-end`, id }];
  }

  call(
    id: string,
    { name, executor, tool }: { name: string; executor: Call['executor']; tool?: string },
  ): Chunk[] {
    if (this.#calls.has(id)) return [];
    const call: Call = {
      name,
      executor,
      args: '',
      state: 'writing',
      ...(tool !== undefined && { title: tool }),
    };
    this.#calls.set(id, call);
    this.#inStep.push(id);
    return [this.#chunk('tool-input-start', id, call, { toolName: name, ...titled(call) })];
  }

  arguments(id: string, delta: string): Chunk[] {
    const call = this.#calls.get(id);
    if (!call || delta === '') return [];
    call.args += delta;
    return [{ type: 'tool-input-delta', toolCallId: id, inputTextDelta: delta }];
  }

  argumentsOf(id: string): string {
    return this.#calls.get(id)?.args ?? '';
  }

  ready(id: string, input: unknown): Chunk[] {
    const call = this.#calls.get(id);
    if (call?.state !== 'writing') return [];
    call.state = 'ready';
    return [this.#chunk('tool-input-available', id, call, { toolName: call.name, input, ...titled(call) })];
  }

  invalid(id: string, errorText: string): Chunk[] {
    const call = this.#calls.get(id);
    if (call?.state !== 'writing') return [];
    call.state = 'invalid';
    return [this.#chunk('tool-input-error', id, call, { toolName: call.name, input: call.args, errorText })];
  }

  progress(id: string, output: object): Chunk[] {
    const call = this.#calls.get(id);
    if (call?.state !== 'ready') return [];
    return [this.#chunk('tool-output-available', id, call, { output, preliminary: true })];
  }

  /** A call whose arguments were refused has its outcome: the refusal, which is what the model reads too. */
  result(id: string, { status, content, output }: Result): Chunk[] {
    const call = this.#calls.get(id);
    if (!call || call.state === 'invalid' || call.state === 'done') return [];
    call.state = 'done';
    if (status === 'denied') return [{ type: 'tool-output-denied', toolCallId: id }];
    if (status === 'ok')
      return [this.#chunk('tool-output-available', id, call, { output: output ?? content })];
    return [this.#chunk('tool-output-error', id, call, { errorText: content })];
  }

  /** Who executes it, said each time: else pages answer for it, or ask again and again. */
  #chunk(type: string, toolCallId: string, { executor }: Call, rest: object): Chunk {
    return { type, toolCallId, dynamic: true, providerExecuted: executor !== 'client', ...rest };
  }
}

function titled({ title }: Call): { title?: string } {
  return title === undefined ? {} : { title };
}
