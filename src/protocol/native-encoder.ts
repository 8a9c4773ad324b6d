import { eventFields } from './event-fields.js';
import { forbiddenOnTyped, GRAPH_COMPLETE, SNAPSHOT, typedFrames } from './native-frame.js';
import type { TypedEventType } from './native-frame.js';
import { jsonString } from './json-string.js';
import { toOpenAiUsage } from './openai-usage.js';
import type { DeltaEvent, EventOf, RunEvent, RunEventType } from './run-event.js';
import type { RunSnapshot } from './run-snapshot.js';
import { ulidSeconds } from './ulid-time.js';

/** The text around a part's deltas, kept because everything but the delta is the same in all of them. */
interface DeltaFrame {
  part: string;
  event: DeltaEvent;
  head: string;
  tail: string;
}

/**
 * Writes the events of one run as the `data` of native frames: one line of JSON each (docs/protocol.md, design §6).
 *
 * A fold, because chunks name the model of their step: what an event becomes depends on the `run.started` and `step.started`
 * before it, and on nothing else. A reader that resumes primes it with the earlier events.
 */
export class NativeEncoder {
  #runModel = '';
  /** Of the steps whose model is not the run's. */
  #stepModels: Map<string, string> | undefined;
  /** The one that was used last, which most deltas go on with. */
  #lastDelta: DeltaFrame | undefined;
  /** Those of other parts, where some are written by turns. */
  #deltaFrames: Map<string, DeltaFrame> | undefined;
  /** Whose time of creation is known: one object more would be kept for each stream. */
  #createdRun = '';
  #created = 0;

  /** Takes note of an event without writing it. `encode` does this itself. */
  prime(event: RunEvent | RunSnapshot): void {
    switch (event.type) {
      case 'run.created':
      case 'run.started':
        this.#runModel = event.model;
        break;
      case 'step.started':
        this.#setModel(event);
        break;
      case 'run.snapshot':
        this.#runModel = event.state.model;
        this.#stepModels = undefined;
        for (const step of event.state.steps) this.#setModel(step);
        break;
      case 'step.finished':
        break;
      default:
        return;
    }
    this.#deltaFrames = undefined;
    this.#lastDelta = undefined;
  }

  /** The frame of an event; its SSE id is `formatPosition(positionOf(event))`. */
  encode(event: RunEvent | RunSnapshot): string {
    switch (event.type) {
      case 'text.delta':
      case 'reasoning.delta':
        return this.#delta(event, event.part_id);
      case 'refusal.delta':
        return this.#delta(event, event.message_id);
      case 'tool_call.args.delta':
        return this.#delta(event, event.tool_call_id);
      default:
        this.prime(event);
    }
    switch (event.type) {
      case 'tool_call.started': {
        const call = {
          index: event.index,
          id: event.tool_call_id,
          type: 'function',
          function: { name: event.name, arguments: '' },
        };
        return `${this.#chunk(event, choice({ tool_calls: [call] }, null))}${rest(event)}}`;
      }
      case 'step.finished':
        return `${this.#chunk(event, choice({}, event.finish_reason))}${rest(event)}}`;
      case 'tool_result':
        return `{"role":"tool"${rest(event)}}`;
      case 'run.failed':
      case 'run.interrupted': {
        const error = JSON.stringify({ message: event.message, type: event.error_type });
        return `{"error":${error},"event":"${event.type}"${rest(event)}}`;
      }
      case 'design.completed': {
        const { graph_name, message } = event;
        return `{"completion":${JSON.stringify({ graph_name, message })}${rest(event)}}`;
      }
      case 'design.incomplete': {
        const { message, missing_fields } = event;
        return `{"incomplete":${JSON.stringify({ message, missing_fields })}${rest(event)}}`;
      }
      case 'run.completed': {
        const graph = event.final_result !== undefined && event.execution_chain !== undefined;
        return `{"type":"${graph ? GRAPH_COMPLETE : typedFrames[event.type]}"${rest(event)}}`;
      }
      case 'usage':
        return event.scope === 'run' ? this.#runUsage(event) : typed(event);
      case 'run.snapshot':
        return JSON.stringify({
          type: SNAPSHOT,
          through_seq: event.through_seq,
          reason: event.reason,
          state: event.state,
        });
      default:
        return Object.hasOwn(typedFrames, event.type) ? typed(event) : unknown(event);
    }
  }

  #delta(event: DeltaEvent, part: string): string {
    const { head, tail } = this.#deltaFrameOf(event, part);
    const from = event.from_seq === undefined ? '' : `,"from_seq":${event.from_seq}`;
    return `${head}${jsonString(event.delta)}${tail}${from}}`;
  }

  #deltaFrameOf(event: DeltaEvent, part: string): DeltaFrame {
    const last = this.#lastDelta;
    if (last?.part === part && sameDeltas(last.event, event)) return last;
    if (last && last.part !== part) (this.#deltaFrames ??= new Map()).set(last.part, last);
    const known = this.#deltaFrames?.get(part);
    const frame = known && sameDeltas(known.event, event) ? known : this.#deltaFrame(event, part);
    this.#lastDelta = frame;
    return frame;
  }

  #deltaFrame(event: DeltaEvent, part: string): DeltaFrame {
    const [open, close] =
      event.type === 'tool_call.args.delta'
        ? [`{"tool_calls":[{"index":${event.index},"function":{"arguments":`, '}}]}']
        : [`{"${deltaKeys[event.type]}":`, '}'];
    return {
      part,
      event,
      head: flat(
        `${this.#chunkHead(event.step_id, this.#modelOf(event.step_id), event.run_id)}[{"index":0,"delta":${open}`,
      ),
      tail: flat(`${close},"finish_reason":null}]${rest(event)}`),
    };
  }

  #chunk(event: RunEvent & { step_id: string }, choices: string): string {
    return `${this.#chunkHead(event.step_id, this.#modelOf(event.step_id), event.run_id)}${choices}`;
  }

  #runUsage(event: EventOf<'usage'>): string {
    const usage = JSON.stringify(toOpenAiUsage(event));
    const { run_id } = event;
    return `${this.#chunkHead(run_id, event.model, run_id)}[],"usage":${usage}${members(event, usageRest)}}`;
  }

  #chunkHead(id: string, model: string, runId: string): string {
    if (this.#createdRun !== runId) {
      this.#createdRun = runId;
      this.#created = ulidSeconds(runId);
    }
    return `{"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${this.#created},"model":${JSON.stringify(model)},"choices":`;
  }

  #setModel({ step_id, model }: { step_id: string; model: string }): void {
    if (model !== this.#runModel) (this.#stepModels ??= new Map()).set(step_id, model);
    else this.#stepModels?.delete(step_id);
  }

  #modelOf(stepId: string): string {
    return this.#stepModels?.get(stepId) ?? this.#runModel;
  }
}

const deltaKeys = {
  'text.delta': 'content',
  'reasoning.delta': 'reasoning_content',
  'refusal.delta': 'refusal',
} as const;

/** The fields that a seed shape has a place for; all others stand at the top level under their own names. */
const placed: Partial<Record<RunEventType, readonly string[]>> = {
  'text.delta': ['step_id', 'delta', 'from_seq'],
  'reasoning.delta': ['step_id', 'delta', 'from_seq'],
  'refusal.delta': ['step_id', 'delta', 'from_seq'],
  'tool_call.args.delta': ['step_id', 'index', 'delta', 'from_seq'],
  'tool_call.started': ['step_id', 'tool_call_id', 'name', 'index'],
  'step.finished': ['step_id', 'finish_reason'],
  'run.failed': ['message', 'error_type'],
  'run.interrupted': ['message', 'error_type'],
  'message.started': ['role'],
  'design.completed': ['graph_name', 'message'],
  'design.incomplete': ['message', 'missing_fields'],
};
const restOf = new Map<string, readonly string[]>(
  Object.entries(eventFields).map(([type, fields]) => {
    const taken = placed[type as RunEventType] ?? [];
    return [type, Object.keys(fields).filter((name) => !taken.includes(name))];
  }),
);
const notOfBody = new Set<string>(['type', 'v', 'run_id', 'epoch', 'seq', ...forbiddenOnTyped]);
const usageRest = ['node_run_id', 'step_id', 'estimated', 'ts'];

function typed(event: EventOf<TypedEventType>): string {
  return `{"type":"${typedFrames[event.type]}"${rest(event)}}`;
}

/**
 * An event of a newer instance, during a deploy: it has its place in the order, so it is written as what it is, and readers that do not
 * know it pass over it.
 */
function unknown(event: RunEvent): string {
  const body = Object.entries(event).filter(([name]) => !notOfBody.has(name));
  return JSON.stringify({ type: event.type.replaceAll('.', '_'), ...Object.fromEntries(body) });
}

function rest(event: RunEvent): string {
  return members(event, restOf.get(event.type) ?? []);
}

function members(event: RunEvent, names: readonly string[]): string {
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  let json = '';
  for (const name of names) {
    const value = fields[name];
    if (value !== undefined) json += `,"${name}":${JSON.stringify(value)}`;
  }
  return json;
}

function choice(delta: object, finishReason: string | null): string {
  return JSON.stringify([{ index: 0, delta, finish_reason: finishReason }]);
}

/** The same text in one piece: V8 keeps what was put together as a tree until somebody looks into it. */
function flat(text: string): string {
  text.indexOf('\n');
  return text;
}

/** True when the deltas of one part differ in nothing but their text and place. */
function sameDeltas(one: DeltaEvent, other: DeltaEvent): boolean {
  return (
    one.type === other.type &&
    one.step_id === other.step_id &&
    one.node_run_id === other.node_run_id &&
    one.run_id === other.run_id &&
    (one.type !== 'tool_call.args.delta' || one.index === (other as typeof one).index)
  );
}
