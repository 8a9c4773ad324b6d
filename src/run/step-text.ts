import type { RunState } from '../protocol/run-state.js';

/** What a step of a run has said, without its reasoning: text and refusal. */
export function stepText({ parts }: Pick<RunState, 'parts'>, stepId: string): string {
  return parts
    .map((part) => {
      const isSaid = part.kind === 'text' || part.kind === 'refusal';
      return isSaid && part.step_id === stepId ? part.text : '';
    })
    .join('');
}
