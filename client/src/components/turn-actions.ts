import type { Turn } from '../state/turn.js';

/** A turn, and what can be done with it. */
export interface TurnActions {
  turn: Turn;
  /** True while nothing of it can be changed. */
  blocked: boolean;
  /** Why it cannot be changed; empty where nothing needs to be said. */
  reason: string;
  /** Its prompt is being changed. */
  editing: boolean;
  edit: (on: boolean) => void;
  /** Sends another prompt in the place of this one. */
  sendEdit: (prompt: string) => void;
  /** Asks the same again. */
  retry: () => void;
  /** Asks to go on with the answer; absent where others follow it. */
  goOn?: () => void;
  switchTo: (runId: string) => void;
  /** Called before something of the answer is folded or unfolded. */
  onToggle: () => void;
}
