import type { RunState } from '../protocol/run-state.js';

type Kind = 'text' | 'reasoning' | 'refusal';

/** What a step of a run has said; by default without its reasoning. */
export function stepText(
  { parts }: Pick<RunState, 'parts'>,
  stepId: string,
  kinds: readonly Kind[] = ['text', 'refusal'],
): string {
  return parts
    .map((part) => {
      if (part.kind === 'node' || part.kind === 'tool_call') return '';
      return part.step_id === stepId && kinds.includes(part.kind) ? part.text : '';
    })
    .join('');
}
