import type { RunPart, RunState, StepState } from '../../../protocol/run-state.js';
import type { AiSdkParts, Chunk } from './ai-sdk-parts.js';
import { REFUSAL, refusalId } from './refusal.js';

/**
 * The chunks that bring a client from what it has (`parts`, and the step that is open) to what a snapshot holds. Where the snapshot knows
 * the client's parts by other ids, because it was made of stored messages, what is missing of the texts comes as new parts.
 * `enterStep` gives the chunks that begin a step.
 */
export function catchUp(
  parts: AiSdkParts,
  state: RunState,
  openStep: string | undefined,
  enterStep: (step: StepState) => Chunk[],
): Chunk[] {
  const known = new Set(state.parts.map(idOf));
  const isSameStep = state.steps.some((step) => step.step_id === openStep);
  const isVoid = isSameStep && parts.inStep.some((id) => !known.has(id));
  const reset = isVoid ? parts.resetStep() : [];
  if (parts.textIds.every((id) => known.has(id))) return [...reset, ...everything(parts, state, enterStep)];
  return [
    ...reset,
    ...(['reasoning', 'text'] as const).flatMap((kind) => rest(parts, state, kind)),
    ...state.parts.flatMap((part) => (part.kind === 'tool_call' ? tell(parts, part) : [])),
  ];
}

function everything(parts: AiSdkParts, state: RunState, enterStep: (step: StepState) => Chunk[]): Chunk[] {
  const nodes = state.parts.flatMap((part) => (part.kind === 'node' ? tell(parts, part) : []));
  const steps = state.steps.flatMap((step) => [
    ...enterStep(step),
    ...state.parts.flatMap((part) =>
      part.kind !== 'node' && part.step_id === step.step_id ? tell(parts, part) : [],
    ),
  ]);
  return [...nodes, ...steps];
}

function idOf(part: RunPart): string {
  switch (part.kind) {
    case 'text':
    case 'reasoning':
      return part.part_id;
    case 'refusal':
      return refusalId(part.message_id);
    case 'tool_call':
      return part.tool_call_id;
    case 'node':
      return part.node_run_id;
  }
}

function tell(parts: AiSdkParts, part: RunPart): Chunk[] {
  const id = idOf(part);
  switch (part.kind) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return [
        ...parts.start(
          part.kind === 'reasoning' ? 'reasoning' : 'text',
          id,
          part.kind === 'refusal' ? REFUSAL : undefined,
        ),
        ...parts.delta(id, part.text.slice(parts.writtenOf(id))),
        ...(part.ended ? parts.end(id) : []),
      ];
    case 'tool_call':
      return [
        ...parts.call(id, part),
        ...parts.arguments(id, part.args.slice(parts.argumentsOf(id).length)),
        ...(part.invalid !== undefined ? parts.invalid(id, part.invalid) : []),
        ...(part.input !== undefined ? parts.ready(id, part.input) : []),
        ...(part.result
          ? parts.result(id, part.result)
          : part.progress
            ? parts.progress(id, part.progress)
            : []),
      ];
    case 'node':
      return [{ type: 'data-node', id, data: { name: part.node_name, status: part.status ?? 'running' } }];
  }
}

function rest(parts: AiSdkParts, state: RunState, kind: 'text' | 'reasoning'): Chunk[] {
  const kinds: RunPart['kind'][] = kind === 'text' ? ['text', 'refusal'] : ['reasoning'];
  const whole = state.parts
    .map((part) => (kinds.includes(part.kind) && 'text' in part ? part.text : ''))
    .join('');
  const missing = whole.slice(parts.lengthOf(kind));
  if (missing === '') return [];
  const id = `${state.run_id}-${kind}`;
  return [...parts.start(kind, id), ...parts.delta(id, missing), ...parts.end(id)];
}
