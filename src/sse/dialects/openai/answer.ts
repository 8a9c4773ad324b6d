import type { TokenLogprob } from '../../../protocol/run-event.js';
import type { RunState, ToolCallPart } from '../../../protocol/run-state.js';
import { stepText } from '../../../run/step-text.js';

interface Said {
  text: string;
  /** The last step that said something of it. */
  step: string;
}

/** What a run said, as the one assistant message that a client of OpenAI gets. */
export interface Answer {
  text: Said;
  reasoning: Said;
  refusal: Said;
  logprobs: { content: TokenLogprob[]; refusal: TokenLogprob[] };
  /** Calls of the client's own tools; those that the server ran are not part of the answer. */
  calls: ToolCallPart[];
}

/** Stands between what one step says and the next: the tools that ran between them are not to be seen. */
export const BETWEEN_STEPS = '\n\n';

export function answerOf(state: RunState): Answer {
  const tokens = (name: 'content' | 'refusal') => state.steps.flatMap((step) => step.logprobs?.[name] ?? []);
  return {
    text: saidOf(state, 'text'),
    reasoning: saidOf(state, 'reasoning'),
    refusal: saidOf(state, 'refusal'),
    logprobs: { content: tokens('content'), refusal: tokens('refusal') },
    calls: state.parts.filter(
      (part): part is ToolCallPart => part.kind === 'tool_call' && part.executor === 'client',
    ),
  };
}

/** In OpenAI's form; null where there are none. */
export function openAiLogprobs({ content, refusal }: Answer['logprobs']) {
  if (content.length + refusal.length === 0) return null;
  const given = (tokens: TokenLogprob[]) => (tokens.length > 0 ? tokens : null);
  return { content: given(content), refusal: given(refusal) };
}

function saidOf(state: RunState, kind: 'text' | 'reasoning' | 'refusal'): Said {
  const steps = state.steps
    .map(({ step_id: step }) => ({ step, text: stepText(state, step, [kind]) }))
    .filter(({ text }) => text !== '');
  return { text: steps.map(({ text }) => text).join(BETWEEN_STEPS), step: steps.at(-1)?.step ?? '' };
}
