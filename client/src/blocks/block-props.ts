import type { Block } from '../state/run-model.js';

export interface BlockProps<B extends Block = Block> {
  block: B;
  /** True while the run goes on. */
  live: boolean;
  /** Called before something is folded or unfolded. */
  onToggle: () => void;
}
