import type { App } from '../../state/app.js';

/** The graph or the agent that the open conversation goes on with; in a new one, the one that is chosen. */
export function chosenName(app: App): string {
  const turns = app.conversation.value?.turns.value ?? [];
  const isAgent = app.mode.value === 'agent';
  for (const turn of turns.toReversed()) {
    const { mode, model, state } = turn.run.summary.value;
    if (mode === 'graph' && model !== '') return model;
    if (isAgent && state.agent_name !== undefined) return state.agent_name;
  }
  return (isAgent ? app.settings.agent : app.settings.graph).value;
}
