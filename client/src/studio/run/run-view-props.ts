import type { Turn } from '../../state/turn.js';

export interface RunViewProps {
  turn: Turn;
  /** True while the run goes on. */
  live: boolean;
  /** Called before something is folded or unfolded. */
  onToggle: () => void;
}
