import { chatCompletion } from '../../chat/chat-completion.js';
import type { GenerateGraphRequest } from '../../protocol/graph-design.js';
import type { RunState } from '../../protocol/run-state.js';

/** The answer of `stream: false`: as a chat's, and for an end the seed's `completion` or `incomplete`, with the fields of our own. */
export function designCompletion({ model_name, requirement }: GenerateGraphRequest, state: RunState): object {
  return {
    ...chatCompletion({ model_name, user_prompt: requirement }, state),
    ...(state.design && endOf(state.design)),
  };
}

function endOf({ completed, message, graph_name, ...incomplete }: NonNullable<RunState['design']>): object {
  if (completed) return { completion: { graph_name, message } };
  return { incomplete: { message, ...(graph_name !== undefined && { graph_name }), ...incomplete } };
}
