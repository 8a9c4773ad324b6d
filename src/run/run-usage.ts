import type { RunEventBody, UsageCounts } from '../protocol/run-event.js';
import type { RunState } from '../protocol/run-state.js';

/**
 * The usage events of a run's end: an estimate for each model call that was cut before its provider told, then the sum of the
 * run. Nothing for a run that never called a model.
 */
export function usageEvents(state: RunState, inputEstimates: ReadonlyMap<string, number>): RunEventBody[] {
  if (state.steps.length === 0) return [];
  const estimated = state.steps
    .filter((step) => step.usage === undefined)
    .map((step): RunEventBody & UsageCounts => ({
      type: 'usage',
      scope: 'step',
      step_id: step.step_id,
      node_run_id: step.node_run_id,
      model: step.model,
      input_tokens: inputEstimates.get(step.step_id) ?? 0,
      output_tokens: estimateTokens(textOfStep(state, step.step_id)),
      estimated: true,
    }));
  const known = state.steps.flatMap((step) => (step.usage ? [step.usage] : []));
  return [
    ...estimated,
    { type: 'usage', scope: 'run', model: state.model, ...sum([...known, ...estimated]) },
  ];
}

/** What the model calls of a run, or of a node of it, have used as far as their providers told; undefined when none did. */
export function usageOf({ steps }: Pick<RunState, 'steps'>): UsageCounts | undefined {
  const known = steps.flatMap(({ usage }) => usage ?? []);
  return known.length > 0 ? sum(known) : undefined;
}

/** About four Latin characters, or one Chinese, Japanese or Korean one, a token. */
export function estimateTokens(text: string): number {
  const wide = text.match(/[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]/g)?.length ?? 0;
  return wide + Math.ceil((text.length - wide) / 4);
}

function textOfStep(state: RunState, stepId: string): string {
  return state.parts
    .map((part) => {
      if (part.kind === 'node' || part.step_id !== stepId) return '';
      return part.kind === 'tool_call' ? part.name + part.args : part.text;
    })
    .join('');
}

function sum(all: readonly UsageCounts[]): UsageCounts {
  const total = (of: (usage: UsageCounts) => number | undefined) => {
    const known = all.map(of).filter((value) => value !== undefined);
    return known.length > 0 ? known.reduce((a, b) => a + b, 0) : undefined;
  };
  return {
    input_tokens: total((usage) => usage.input_tokens) ?? 0,
    output_tokens: total((usage) => usage.output_tokens) ?? 0,
    cached_input_tokens: total((usage) => usage.cached_input_tokens),
    cache_write_tokens: total((usage) => usage.cache_write_tokens),
    reasoning_tokens: total((usage) => usage.reasoning_tokens),
    estimated: all.some((usage) => usage.estimated) || undefined,
  };
}
