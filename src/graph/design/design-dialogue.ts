import type { StoredMessage } from '../../conversation/stored-message.js';
import { graphConfig, type GraphConfig } from '../../protocol/graph.js';
import { END_DESIGN } from '../../protocol/graph-design.js';
import { designFrom, graphOf, withAnswer, type Design } from './design.js';

/** What a dialogue has come to. */
export interface Dialogue {
  design: Design;
  /** The graphs that it knows of its own: the one it began with, and each that it may have stored. */
  own: GraphConfig[];
}

/**
 * Reads a dialogue from its beginning. The design is nowhere but in what was said on the way to this turn, so each branch of the
 * conversation has its own, and what is said again counts once.
 */
export function readDialogue(messages: readonly StoredMessage[], base: GraphConfig | null): Dialogue {
  let design = designFrom(base);
  const own = base ? [base] : [];
  for (const message of messages) {
    if (message.role === 'assistant') design = withAnswer(design, message.content);
    if (message.role === 'user' && isEnd(message.content)) {
      const { data } = graphConfig.safeParse(graphOf(design));
      if (data) own.push(data);
    }
  }
  return { design, own };
}

/** Whether a person says that the design is to be stored. */
export function isEnd(requirement: string): boolean {
  return requirement.trim().toLowerCase() === END_DESIGN.toLowerCase();
}
