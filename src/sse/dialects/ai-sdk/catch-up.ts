import type { RunPart, RunState, StepState } from '../../../protocol/run-state.js';
import type { AiSdkParts, Chunk } from './ai-sdk-parts.js';
import { REFUSAL, refusalId } from './refusal.js';

/**
 * The chunks that bring a client from what it has (`parts`, and the steps that were begun) to what a snapshot holds. Where the snapshot knows
 * the client's parts by other ids, because it was made of stored messages, steps and their texts are the same in their order: what is missing
 * of a text goes on with the part that is open. `enterStep` gives the chunks that begin a step.
 */
export function catchUp(
  parts: AiSdkParts,
  state: RunState,
  begun: readonly string[],
  enterStep: (step: StepState) => Chunk[],
): Chunk[] {
  const known = new Set(state.parts.map(idOf));
  const isSameStep = state.steps.some((step) => step.step_id === begun.at(-1));
  const isVoid = isSameStep && parts.inStep.some((id) => !known.has(id));
  const reset = isVoid ? parts.resetStep() : [];
  const hasOtherIds = begun.length > 0 && !state.steps.some(({ step_id }) => begun.includes(step_id));
  if (!hasOtherIds && parts.textIds.every((id) => known.has(id)))
    return [...reset, ...everything(parts, state, state.steps, enterStep)];
  const isInNodes = state.steps.some(({ node_run_id }) => node_run_id !== undefined);
  // Nodes that ran side by side have no order.
  const here = isInNodes ? state.steps : state.steps.slice(begun.length - 1, begun.length);
  const said = state.parts.filter((part) => here.some(({ step_id }) => isOf(part, step_id)));
  const had = isInNodes ? parts.textIds : parts.inStep;
  return [
    ...reset,
    ...(['reasoning', 'text'] as const).flatMap((kind) =>
      rest(parts, said, kind, { had, newId: `${state.run_id}-${kind}` }),
    ),
    ...said.flatMap((part) => (part.kind === 'tool_call' ? tell(parts, part) : [])),
    ...(isInNodes ? [] : everything(parts, state, state.steps.slice(begun.length), enterStep)),
  ];
}

function isOf(part: RunPart, step: string): boolean {
  return part.kind !== 'node' && part.step_id === step;
}

function everything(
  parts: AiSdkParts,
  state: RunState,
  steps: readonly StepState[],
  enterStep: (step: StepState) => Chunk[],
): Chunk[] {
  const nodes = state.parts.flatMap((part) => (part.kind === 'node' ? tell(parts, part) : []));
  const said = steps.flatMap((step) => [
    ...enterStep(step),
    ...state.parts.flatMap((part) => (isOf(part, step.step_id) ? tell(parts, part) : [])),
  ]);
  return [...nodes, ...said];
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

/** What is missing of a kind of text after what the client had, in the part that is open or, where none is, in a new one. Nothing is open after it. */
function rest(
  parts: AiSdkParts,
  said: readonly RunPart[],
  kind: 'text' | 'reasoning',
  { had, newId }: { had: readonly string[]; newId: string },
): Chunk[] {
  const kinds: RunPart['kind'][] = kind === 'text' ? ['text', 'refusal'] : ['reasoning'];
  const whole = said.map((part) => (kinds.includes(part.kind) && 'text' in part ? part.text : '')).join('');
  const missing = whole.slice(parts.lengthOf(kind, had));
  const open = parts.openOf(kind);
  const last = open.at(-1) ?? newId;
  return [
    ...(missing === '' ? [] : [...parts.start(kind, last), ...parts.delta(last, missing)]),
    ...[...new Set([...open, last])].flatMap((id) => parts.end(id)),
  ];
}
