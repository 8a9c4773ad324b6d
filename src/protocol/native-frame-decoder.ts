import { eventFields } from './event-fields.js';
import { DONE, GRAPH_COMPLETE, SNAPSHOT, typedFrames } from './native-frame.js';
import { fromOpenAiUsage } from './openai-usage.js';
import type { Position } from './position.js';
import { parsePosition } from './position.js';
import type { RunEvent, RunEventType } from './run-event.js';
import type { RunSnapshot } from './run-snapshot.js';
import type { Check } from './shape.js';
import { count, isRecord, ordinal } from './shape.js';
import { readRunState, snapshotReasons } from './snapshot-shape.js';

/** What an SSE parser gives for one frame: its own `id:` line, if it has one, and its data. */
export interface SseFrame {
  id?: string | undefined;
  data: string;
}

/** The place of a frame that held nothing this reader can use. */
export interface SkippedFrame extends Position {
  /** The first of the events that the frame stands for, where they were merged. */
  from_seq?: number;
}

export interface DecodedFrame {
  events: readonly (RunEvent | RunSnapshot)[];
  /** True for `[DONE]`: this response is over. */
  done: boolean;
  /**
   * The frame stands in the log but holds no event: its type is unknown to this version, or (with `fault`) it is broken. A
   * reader checks its order with `sequenceOf`, like that of an event, and counts it as applied.
   */
  skipped?: SkippedFrame;
  /** The frame is not what its stream may hold. The stream goes on. */
  fault?: 'malformed';
}

/**
 * Decodes one frame of a Millrace server by itself. This is all that a reader of our own server needs; NativeDecoder also reads
 * what an original MAG server sends. Never throws: a frame without one of our positions is a `fault`.
 */
export function decodeFrame({ id, data }: SseFrame): DecodedFrame {
  if (data === DONE) return { events: [], done: true };
  const position = id === undefined ? null : parsePosition(id);
  if (!position) return { events: [], done: false, fault: 'malformed' };
  return decodeNative(position, parseFrame(data));
}

/** The frame's JSON object; null when the data is none. */
export function parseFrame(data: string): Record<string, unknown> | null {
  try {
    const frame: unknown = JSON.parse(data);
    return isRecord(frame) ? frame : null;
  } catch {
    return null;
  }
}

export type Fields = Readonly<Record<string, unknown>>;
const nothing: Fields = {};

const eventTypes = new Map<string, RunEventType>([
  ...Object.entries(typedFrames).map(([type, name]): [string, RunEventType] => [name, type as RunEventType]),
  [GRAPH_COMPLETE, 'run.completed'],
]);
const checksOf = new Map<RunEventType, readonly [string, Check<unknown>][]>(
  Object.entries(eventFields).map(([type, fields]) => [
    type as RunEventType,
    Object.entries<Check<unknown>>(fields),
  ]),
);

/** Decodes the frame that stands at a position. */
export function decodeNative(position: Position, frame: Fields | null): DecodedFrame {
  const event = frame && readFrame(position, frame);
  if (event) return { events: [event], done: false };
  const skipped: SkippedFrame = { ...position };
  if (frame && ordinal(frame['from_seq'])) skipped.from_seq = frame['from_seq'];
  const decoded: DecodedFrame = { events: [], done: false, skipped };
  if (event === null) decoded.fault = 'malformed';
  return decoded;
}

/** Null: broken. Undefined: unknown to this version. */
function readFrame(position: Position, frame: Fields): RunEvent | RunSnapshot | null | undefined {
  const type = frame['type'];
  if (typeof type === 'string') {
    if (type === SNAPSHOT) return readSnapshot(position, frame);
    const eventType = eventTypes.get(type);
    if (!eventType) return undefined;
    return readEvent(eventType, position, frame, eventType === 'message.started' ? assistant : nothing);
  }
  if (Array.isArray(frame['choices'])) return readChunk(position, frame, frame['choices']);
  if (frame['role'] === 'tool') return readEvent('tool_result', position, frame, nothing);
  if (isRecord(frame['error'])) return readError(position, frame, frame['error']);
  if (isRecord(frame['completion']))
    return readEvent('design.completed', position, frame, frame['completion']);
  if (isRecord(frame['incomplete']))
    return readEvent('design.incomplete', position, frame, frame['incomplete']);
  return undefined;
}

/** Frames do not repeat a role that is always the same. */
const assistant: Fields = { role: 'assistant' };

function readChunk(
  position: Position,
  frame: Fields,
  choices: readonly unknown[],
): RunEvent | null | undefined {
  if (choices.length === 0) {
    if (!isRecord(frame['usage'])) return undefined;
    const counts = fromOpenAiUsage(frame['usage']);
    return counts && readEvent('usage', position, frame, { ...counts, scope: 'run' });
  }
  const [choice] = choices;
  if (!isRecord(choice)) return null;
  const step_id = frame['id'];
  const finish_reason = choice['finish_reason'];
  if (typeof finish_reason === 'string') {
    return readEvent('step.finished', position, frame, { step_id, finish_reason });
  }
  const delta = choice['delta'];
  if (!isRecord(delta)) return null;
  for (const [key, type] of deltaTypes) {
    if (delta[key] !== undefined) return readEvent(type, position, frame, { step_id, delta: delta[key] });
  }
  return Array.isArray(delta['tool_calls']) ? readToolCall(position, frame, delta['tool_calls']) : undefined;
}

const deltaTypes = [
  ['content', 'text.delta'],
  ['reasoning_content', 'reasoning.delta'],
  ['refusal', 'refusal.delta'],
] as const;

function readToolCall(position: Position, frame: Fields, calls: readonly unknown[]): RunEvent | null {
  const [call] = calls;
  if (!isRecord(call) || !isRecord(call['function'])) return null;
  const { index } = call;
  const step_id = frame['id'];
  const details = call['function'];
  return call['id'] === undefined
    ? readEvent('tool_call.args.delta', position, frame, { step_id, index, delta: details['arguments'] })
    : readEvent('tool_call.started', position, frame, {
        step_id,
        index,
        tool_call_id: call['id'],
        name: details['name'],
      });
}

function readError(position: Position, frame: Fields, error: Fields): RunEvent | null | undefined {
  const type = frame['event'] ?? 'run.failed';
  if (type !== 'run.failed' && type !== 'run.interrupted') return undefined;
  return readEvent(type, position, frame, { message: error['message'], error_type: error['type'] });
}

function readSnapshot(position: Position, frame: Fields): RunSnapshot | null {
  const { through_seq, reason } = frame;
  const state = readRunState(frame['state']);
  if (!state || !count(through_seq) || through_seq !== position.seq || !snapshotReasons(reason)) return null;
  const { run_id, epoch } = position;
  return { type: 'run.snapshot', v: 1, run_id, epoch, through_seq, reason, state };
}

/** Takes the fields of `type` from `found`, where the seed's shape holds them, or else from the frame itself. */
function readEvent(type: RunEventType, position: Position, frame: Fields, found: Fields): RunEvent | null {
  if (position.seq === 0) return null;
  const event: Record<string, unknown> = { type, v: 1, ...position };
  for (const [name, check] of checksOf.get(type) ?? []) {
    const value = found[name] ?? frame[name];
    if (!check(value)) return null;
    if (value !== undefined) event[name] = value;
  }
  return event as unknown as RunEvent;
}
