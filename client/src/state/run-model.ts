import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { RunEvent, UsageCounts } from '../../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../../src/protocol/run-snapshot.js';
import {
  applyEvent,
  emptyRunState,
  isEnded,
  type RunError,
  type RunPart,
  type RunPhase,
  type RunState,
} from '../../../src/protocol/run-state.js';
import type { Flushable, FrameScheduler } from './frame-scheduler.js';
import { NodeBlock } from './node-block.js';
import { LinesBlock, TextBlock } from './text-block.js';
import { ToolBlock } from './tool-block.js';

export type Block = TextBlock | LinesBlock | ToolBlock | NodeBlock;

export interface RunWarning {
  code: string;
  message: string;
  /** How many blocks there were when it came. */
  after: number;
}

/** What the reader sees of a run besides its blocks. A new object when any of it changed. */
export interface RunSummary {
  phase: RunPhase;
  mode: RunState['mode'];
  /** For a graph, its name. */
  model: string;
  /** The model calls so far. */
  steps: RunState['steps'];
  /** What a graph came to. */
  finalResult?: string;
  warnings: readonly RunWarning[];
  usage?: UsageCounts;
  finishReason?: string;
  error?: RunError;
  cancelled?: RunState['cancelled'];
  /** What the conversation is called now, when that changed before this run. */
  naming?: { title: string; tags: readonly string[] };
}

/**
 * A run as the page shows it. Events change plain state at once, through the same reducer that the server uses; signals are
 * written once a frame, and a delta reaches only its own block.
 */
export class RunModel implements Flushable {
  readonly #scheduler: FrameScheduler;
  readonly #blocks = signal<readonly Block[]>([]);
  readonly #summary: Signal<RunSummary>;
  readonly #dirty = new Set<Block>();
  #byPart = new Map<RunPart, Block>();
  #state: RunState;
  /** For each warning, how many parts there were before it. */
  #warningPlaces: number[] = [];
  #partsChanged = false;
  #summaryChanged = false;
  #compacted = false;

  /** The name of the tool that is working now, if one is. */
  readonly runningTool: ReadonlySignal<string | undefined> = computed(() => {
    const running = this.#blocks.value.filter((block) => block.kind === 'tool_call');
    return running.findLast((block) => block.view.value.phase === 'running')?.tool;
  });
  readonly ended: ReadonlySignal<boolean> = computed(() => isEnded(this.summary.value.phase));

  /** @param state a run that was folded elsewhere, for example from a stored round */
  constructor(scheduler: FrameScheduler, state: RunState = emptyRunState('')) {
    this.#scheduler = scheduler;
    this.#state = state;
    this.#summary = signal<RunSummary>(summaryOf(state));
    if (state.parts.length > 0) {
      this.#rebuild();
      this.flush();
    }
  }

  get blocks(): ReadonlySignal<readonly Block[]> {
    return this.#blocks;
  }

  get summary(): ReadonlySignal<RunSummary> {
    return this.#summary;
  }

  /** The history of the conversation was shortened before this run. Known at once, not with the next frame. */
  get compacted(): boolean {
    return this.#compacted;
  }

  /** The answer's text, for copying: what a graph came to, or what the blocks of kind text hold, in order. */
  get text(): string {
    if (this.#state.final_result) return this.#state.final_result;
    const texts = this.#state.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
    return texts.join('\n\n');
  }

  apply(events: readonly RunEvent[]): void {
    for (const event of events) this.#apply(event);
    this.#scheduler.mark(this);
  }

  /** Forgets what came before: the snapshot is the run so far. */
  replace(snapshot: RunSnapshot): void {
    this.#state = structuredClone(snapshot.state);
    this.#warningPlaces = this.#state.warnings.map(() => 0);
    this.#rebuild();
    this.#summaryChanged = true;
    this.#scheduler.mark(this);
  }

  /** Adds what the server knows about a stored run beside its messages. */
  annotate(facts: Partial<Pick<RunState, 'model' | 'usage' | 'error' | 'finish_reason'>>): void {
    Object.assign(this.#state, facts);
    this.#summaryChanged = true;
    this.#scheduler.mark(this);
  }

  flush(): void {
    batch(() => {
      for (const block of this.#dirty) block.flush();
      this.#dirty.clear();
      if (this.#partsChanged) {
        this.#partsChanged = false;
        this.#blocks.value = this.#state.parts.flatMap((part) => this.#byPart.get(part) ?? []);
      }
      if (this.#summaryChanged) {
        this.#summaryChanged = false;
        this.#summary.value = summaryOf(this.#state, this.#warningPlaces);
      }
    });
  }

  #apply(event: RunEvent): void {
    const part = applyEvent(this.#state, event);
    if (event.type === 'warning') this.#warningPlaces.push(this.#state.parts.length);
    if (event.type === 'conversation.compacted') this.#compacted = true;
    if (event.type === 'step.reset') return this.#rebuild();
    if (!part) {
      this.#summaryChanged = true;
      return undefined;
    }
    const known = this.#byPart.get(part);
    const block = known ?? this.#add(part);
    this.#dirty.add(block);
    // A new block has taken the part's text already, this delta included.
    if (known && 'delta' in event && !(known instanceof NodeBlock)) known.push(event.delta);
    if (event.type === 'node.started') (block as NodeBlock).startedAt = event.ts;
    if (block instanceof LinesBlock && 'ts' in event) {
      if (event.type === 'reasoning.started') block.started(event.ts);
      if (event.type === 'reasoning.ended') block.stopped(event.ts);
    }
    return undefined;
  }

  #add(part: RunPart): Block {
    const block = blockOf(part);
    this.#byPart.set(part, block);
    this.#partsChanged = true;
    return block;
  }

  /** Blocks whose parts are still there stay as they are; the others go. */
  #rebuild(): void {
    const before = this.#byPart;
    this.#byPart = new Map();
    for (const part of this.#state.parts) {
      const block = before.get(part) ?? blockOf(part);
      this.#byPart.set(part, block);
      this.#dirty.add(block);
    }
    this.#partsChanged = true;
    this.#summaryChanged = true;
  }
}

function blockOf(part: RunPart): Block {
  switch (part.kind) {
    case 'tool_call':
      return new ToolBlock(part);
    case 'node':
      return new NodeBlock(part);
    case 'text':
      return new TextBlock(part);
    case 'reasoning':
    case 'refusal':
      return new LinesBlock(part);
  }
}

function summaryOf(state: RunState, warningPlaces: readonly number[] = []): RunSummary {
  const { phase, mode, model, steps, usage, error, cancelled, title, tags = [] } = state;
  const { finish_reason: finishReason, final_result: finalResult } = state;
  const warnings = state.warnings.map((warning, index) => ({ ...warning, after: warningPlaces[index] ?? 0 }));
  const naming = title === undefined ? undefined : { title, tags };
  return { phase, mode, model, steps, finalResult, usage, error, cancelled, finishReason, warnings, naming };
}
