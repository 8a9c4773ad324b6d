import { batch, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { RunPart, RunState } from '../../../src/protocol/run-state.js';
import { browserPage, FrameScheduler, type Flushable, type FramePage } from '../state/frame-scheduler.js';
import { RunFold } from '../state/run-fold.js';
import type { ConnectionState, FollowEnd } from '../stream/run-follower.js';
import { NodeBlock, TextBlock, ToolCallBlock } from './blocks.js';
import { Connection } from './connection.js';
import type { RunStart, ServerOptions } from './options.js';

export type Block = TextBlock | ToolCallBlock | NodeBlock;
/** A run without its parts, which are the blocks. A new object when any of it changed. */
export type RunSummary = Readonly<Omit<RunState, 'parts'>>;

export type SignalConnectionOptions = Omit<ServerOptions, 'onConnection'> & RunStart;

/** A run that is being read, as signals: one for each text, so that a piece of it reaches nobody else. They change once a frame. */
export class SignalConnection extends Connection {
  readonly #fold: RunFold<Block>;
  readonly #blocks = signal<readonly Block[]>([]);
  readonly #summary: Signal<RunSummary>;
  readonly #connection: Signal<ConnectionState | undefined>;
  readonly #end = signal<FollowEnd | undefined>(undefined);

  constructor(options: SignalConnectionOptions, scheduler: FrameScheduler = sharedScheduler()) {
    const fold = new RunFold<Block>({ of: blockOf, hear });
    const connection = signal<ConnectionState | undefined>(undefined);
    const shown: Flushable = { flush: () => this.#flush() };
    super(
      options,
      { ...options, onConnection: (state) => (connection.value = state) },
      {
        apply(events) {
          for (const event of events) fold.apply(event);
          scheduler.mark(shown);
        },
        replace(snapshot) {
          fold.replace(snapshot);
          scheduler.mark(shown);
        },
      },
    );
    this.#fold = fold;
    this.#connection = connection;
    this.#summary = signal(summaryOf(fold.state));
    void this.ended.then((end) => {
      this.#flush();
      this.#end.value = end;
    });
  }

  /** In the order in which they began. The list changes when there is another one, and each block by itself. */
  get blocks(): ReadonlySignal<readonly Block[]> {
    return this.#blocks;
  }
  get summary(): ReadonlySignal<RunSummary> {
    return this.#summary;
  }
  get connection(): ReadonlySignal<ConnectionState | undefined> {
    return this.#connection;
  }
  /** How the reading ended; undefined while it goes on. */
  get end(): ReadonlySignal<FollowEnd | undefined> {
    return this.#end;
  }

  #flush(): void {
    const { blocks, list, summary } = this.#fold.take();
    batch(() => {
      for (const block of blocks) block.flush();
      if (list) this.#blocks.value = this.#fold.blocks;
      if (summary) this.#summary.value = summaryOf(this.#fold.state);
    });
  }
}

/** Starts a run, or reads one that exists, as signals. See README.md. */
export function startConnection(options: SignalConnectionOptions): SignalConnection {
  return new SignalConnection(options);
}

export { closeConnection } from './index.js';
export type * from './index.js';
export { NodeBlock, TextBlock, ToolCallBlock } from './blocks.js';

/** Where there are no frames, changes are shown in the next turn of the event loop. */
const everywhere: FramePage = {
  requestFrame: (callback) => void setTimeout(callback, 0),
  hidden: () => false,
  onVisible: () => undefined,
};
let scheduler: FrameScheduler | undefined;
function sharedScheduler(): FrameScheduler {
  return (scheduler ??= new FrameScheduler(typeof document === 'undefined' ? everywhere : browserPage));
}

function blockOf(part: RunPart): Block {
  switch (part.kind) {
    case 'tool_call':
      return new ToolCallBlock(part);
    case 'node':
      return new NodeBlock(part);
    case 'text':
    case 'reasoning':
    case 'refusal':
      return new TextBlock(part);
  }
}

function hear(block: Block, event: RunEvent, isNew: boolean): void {
  // A new block has taken the part's text already, this delta included.
  if (!isNew && 'delta' in event && !(block instanceof NodeBlock)) block.push(event.delta);
}

function summaryOf({ parts: _parts, steps, warnings, ...rest }: Readonly<RunState>): RunSummary {
  return { ...rest, steps: [...steps], warnings: [...warnings] };
}
