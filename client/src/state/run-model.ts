import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { RunEvent, UsageCounts } from '../../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../../src/protocol/run-snapshot.js';
import {
  isEnded,
  type RunError,
  type RunPart,
  type RunPhase,
  type RunState,
} from '../../../src/protocol/run-state.js';
import type { Flushable, FrameScheduler } from './frame-scheduler.js';
import { NodeBlock } from './node-block.js';
import { RunFold } from './run-fold.js';
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
  warnings: readonly RunWarning[];
  usage?: UsageCounts;
  finishReason?: string;
  error?: RunError;
  cancelled?: RunState['cancelled'];
  /** What the conversation is called now, when that changed before this run. */
  naming?: { title: string; tags: readonly string[] };
  /** What else there is, as it is now: it is not copied. */
  state: Readonly<RunState>;
}

/** A run as the page shows it: signals are written once a frame, and a delta reaches only its own block. */
export class RunModel implements Flushable {
  readonly #scheduler: FrameScheduler;
  readonly #fold: RunFold<Block>;
  readonly #blocks = signal<readonly Block[]>([]);
  readonly #summary: Signal<RunSummary>;
  #compacted = false;

  /** The name of the tool that is working now, if one is. */
  readonly runningTool: ReadonlySignal<string | undefined> = computed(() => {
    const running = this.#blocks.value.filter((block) => block.kind === 'tool_call');
    return running.findLast((block) => block.view.value.phase === 'running')?.tool;
  });
  readonly ended: ReadonlySignal<boolean> = computed(() => isEnded(this.summary.value.phase));

  /** @param state a run that was folded elsewhere, for example from a stored round */
  constructor(scheduler: FrameScheduler, state?: RunState) {
    this.#scheduler = scheduler;
    this.#fold = new RunFold({ of: blockOf, hear }, state);
    this.#summary = signal<RunSummary>(summaryOf(this.#fold.state));
    if (this.#fold.state.parts.length > 0) this.flush();
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
    const { final_result, parts } = this.#fold.state;
    if (final_result) return final_result;
    const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
    return texts.join('\n\n');
  }

  apply(events: readonly RunEvent[]): void {
    for (const event of events) {
      this.#fold.apply(event);
      if (event.type === 'conversation.compacted') this.#compacted = true;
    }
    this.#scheduler.mark(this);
  }

  /** Forgets what came before: the snapshot is the run so far. */
  replace(snapshot: RunSnapshot): void {
    this.#fold.replace(snapshot);
    this.#scheduler.mark(this);
  }

  /** Adds what the server knows about a stored run beside its messages. */
  annotate(facts: Partial<Pick<RunState, 'model' | 'usage' | 'error' | 'finish_reason'>>): void {
    this.#fold.annotate(facts);
    this.#scheduler.mark(this);
  }

  flush(): void {
    const { blocks, list, summary } = this.#fold.take();
    batch(() => {
      for (const block of blocks) block.flush();
      if (list) this.#blocks.value = this.#fold.blocks;
      if (summary) this.#summary.value = summaryOf(this.#fold.state, this.#fold.warningPlaces);
    });
  }
}

function hear(block: Block, event: RunEvent, isNew: boolean): void {
  // A new block has taken the part's text already, this delta included.
  if (!isNew && 'delta' in event && !(block instanceof NodeBlock)) block.push(event.delta);
  if (event.type === 'node.started' && block instanceof NodeBlock) block.startedAt = event.ts;
  if (!(block instanceof LinesBlock)) return;
  if (event.type === 'reasoning.started') block.started(event.ts);
  if (event.type === 'reasoning.ended') block.stopped(event.ts);
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
  const {
    phase,
    mode,
    model,
    usage,
    error,
    cancelled,
    finish_reason: finishReason,
    title,
    tags = [],
  } = state;
  const warnings = state.warnings.map((warning, index) => ({ ...warning, after: warningPlaces[index] ?? 0 }));
  const naming = title === undefined ? undefined : { title, tags };
  return { phase, mode, model, usage, error, cancelled, finishReason, warnings, naming, state };
}
