import type { DeltaEvent } from '../../protocol/run-event.js';

/**
 * True when two deltas differ in nothing but their seq and text, so that adjacent ones may be stored or read as one. Fields
 * that only say where the delta belongs must be equal too, or a reader could not give back what was appended.
 */
export function sameStretch(one: DeltaEvent, other: DeltaEvent): boolean {
  return (
    one.type === other.type &&
    one.epoch === other.epoch &&
    one.step_id === other.step_id &&
    one.node_run_id === other.node_run_id &&
    samePart(one, other)
  );
}

function samePart(one: DeltaEvent, other: DeltaEvent): boolean {
  switch (one.type) {
    case 'text.delta':
    case 'reasoning.delta':
      return 'part_id' in other && one.part_id === other.part_id;
    case 'refusal.delta':
      return 'message_id' in other && one.message_id === other.message_id;
    case 'tool_call.args.delta':
      return 'tool_call_id' in other && one.tool_call_id === other.tool_call_id && one.index === other.index;
  }
}
