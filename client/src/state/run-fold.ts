import type { RunEvent } from '../../../src/protocol/run-event.js';
import type { RunSnapshot } from '../../../src/protocol/run-snapshot.js';
import { applyEvent } from '../../../src/protocol/apply-event.js';
import { emptyRunState, type RunPart, type RunState } from '../../../src/protocol/run-state.js';

/** Makes what stands for a part of a run, and tells it of what happens to that part. */
export interface BlockMaker<B> {
  of(part: RunPart): B;
  /** @param isNew then the block was made of the part just now, this event included */
  hear?(block: B, event: RunEvent, isNew: boolean): void;
}

/** What has changed since somebody asked last. */
export interface RunChanges<B> {
  blocks: ReadonlySet<B>;
  /** There are other blocks than before. */
  list: boolean;
  /** Anything besides the blocks. */
  summary: boolean;
}

/**
 * A run as its reader has it: the state, folded by the reducer that the server uses, with one block for each part. Knows no signals, so
 * that a front end can show it in its own way; an event costs the same however long the run is.
 */
export class RunFold<B> {
  readonly #maker: BlockMaker<B>;
  #byPart = new Map<RunPart, B>();
  #state: RunState;
  /** For each warning, how many parts there were before it. */
  #warningPlaces: number[] = [];
  #changes: { blocks: Set<B>; list: boolean; summary: boolean } = noChanges();

  /** @param state a run that was folded elsewhere, for example from a stored round */
  constructor(maker: BlockMaker<B>, state: RunState = emptyRunState('')) {
    this.#maker = maker;
    this.#state = state;
    if (state.parts.length > 0) this.#rebuild();
  }

  /** Read it, and do not keep it: the next event changes it. */
  get state(): Readonly<RunState> {
    return this.#state;
  }
  get warningPlaces(): readonly number[] {
    return this.#warningPlaces;
  }
  /** In the order in which their parts began. */
  get blocks(): readonly B[] {
    return this.#state.parts.flatMap((part) => this.#byPart.get(part) ?? []);
  }

  apply(event: RunEvent): void {
    const part = applyEvent(this.#state, event);
    if (event.type === 'warning') this.#warningPlaces.push(this.#state.parts.length);
    if (event.type === 'step.reset') this.#rebuild();
    else if (part) this.#touch(part, event);
    else this.#changes.summary = true;
  }

  /** Forgets what came before: the snapshot is the run so far. */
  replace(snapshot: RunSnapshot): void {
    this.#state = structuredClone(snapshot.state);
    this.#warningPlaces = this.#state.warnings.map(() => 0);
    this.#rebuild();
  }

  /** Adds what is known of the run from elsewhere. */
  annotate(facts: Partial<Pick<RunState, 'model' | 'usage' | 'error' | 'finish_reason'>>): void {
    Object.assign(this.#state, facts);
    this.#changes.summary = true;
  }

  /** Gives the changes since the last call. */
  take(): RunChanges<B> {
    const changes = this.#changes;
    this.#changes = noChanges();
    return changes;
  }

  #touch(part: RunPart, event: RunEvent): void {
    const known = this.#byPart.get(part);
    const block = known ?? this.#maker.of(part);
    if (known === undefined) {
      this.#byPart.set(part, block);
      this.#changes.list = true;
    }
    this.#changes.blocks.add(block);
    this.#maker.hear?.(block, event, known === undefined);
  }

  /** Blocks whose parts are still there stay as they are; the others go. */
  #rebuild(): void {
    const before = this.#byPart;
    this.#byPart = new Map();
    for (const part of this.#state.parts) {
      const block = before.get(part) ?? this.#maker.of(part);
      this.#byPart.set(part, block);
      this.#changes.blocks.add(block);
    }
    this.#changes.list = true;
    this.#changes.summary = true;
  }
}

function noChanges<B>(): { blocks: Set<B>; list: boolean; summary: boolean } {
  return { blocks: new Set(), list: false, summary: false };
}
