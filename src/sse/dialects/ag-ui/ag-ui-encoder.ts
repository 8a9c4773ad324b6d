import { positionOf } from '../../../protocol/native-frame.js';
import { formatPosition } from '../../../protocol/position.js';
import { isTerminal, type EventOf, type RunEvent } from '../../../protocol/run-event.js';
import type { RunSnapshot } from '../../../protocol/run-snapshot.js';
import { applyEvent } from '../../../protocol/apply-event.js';
import { emptyRunState, type RunPart, type RunState } from '../../../protocol/run-state.js';
import { FoldedState } from '../../../run/folded-state.js';
import type { DialectEncoder, Frame } from '../dialect.js';
import { agUiId, inMetadata, runOfId, type AgUiEvent, type AgUiMessage } from './ag-ui-event.js';
import { isText, OpenParts } from './open-parts.js';
import { endOfRun, suspended, type RunIds } from './run-end.js';
import { hasResult, messageMetadata, progressOf, resultOf, runMessages } from './run-messages.js';

export const AG_UI_VERSION = '1.0';

export interface AgUiStreamOptions {
  /** What the client calls the thread and the run. Default: as we do; a run without a conversation is a thread of its own. */
  threadId?: string;
  runId?: string;
  /** For a client before 1.0. */
  isLegacy?: boolean;
  /** What was said in the thread before the run; messages of the run itself are passed over. A snapshot holds the whole conversation. */
  before?: readonly AgUiMessage[];
}

/**
 * Writes a run as events of AG-UI, in the order that its clients insist on: RUN_STARTED first, one end last, nothing open at the end.
 * A run that waits for approvals ends, and begins again when it goes on.
 */
export class AgUiEncoder implements DialectEncoder {
  #folded = new FoldedState(emptyRunState(''));
  #open = new OpenParts(this.#state);
  #running = false;
  /** What stands before the delta in the frames of the parts that are being written. */
  readonly #heads = new Map<string, string>();

  constructor(private readonly options: AgUiStreamOptions) {}

  encode(item: RunEvent | RunSnapshot): Frame[] {
    return this.#piece(item) ?? this.#item(item);
  }

  /** One more piece of what is open, as nearly all items are: it is one frame, and the state takes it with others. */
  #piece(item: RunEvent | RunSnapshot): Frame[] | undefined {
    if ((item.type !== 'text.delta' && item.type !== 'reasoning.delta') || item.delta === '')
      return undefined;
    const head = this.#heads.get(item.part_id);
    if (head === undefined) return undefined;
    this.#folded.apply(item);
    return [{ id: formatPosition(positionOf(item)), data: `${head}${JSON.stringify(item.delta)}}` }];
  }

  #item(item: RunEvent | RunSnapshot): Frame[] {
    if (!('delta' in item)) this.#heads.clear();
    const events = item.type === 'run.snapshot' ? this.#catchUp(item) : this.#append(item);
    const timestamp = 'ts' in item ? { timestamp: item.ts } : {};
    const frames: Frame[] = events.map((event) => ({ data: JSON.stringify({ ...event, ...timestamp }) }));
    const last = frames.at(-1);
    if (last) frames[frames.length - 1] = { id: formatPosition(positionOf(item)), ...last };
    return frames;
  }

  #append(event: RunEvent): AgUiEvent[] {
    if (event.type === 'run.created') this.#reset(emptyRunState(event.run_id));
    if (event.type === 'step.reset') return this.#takeBack(event);
    const part = applyEvent(this.#state, event);
    const events = this.#eventsOf(event, part);
    const isBegin = event.type === 'run.created' || (events.length > 0 && !this.#running);
    const isEnd = event.type === 'run.suspended' || isTerminal(event);
    const begin = isBegin ? [this.#runStarted(), ...(isEnd ? [] : this.#open.openAll(this.#state))] : [];
    this.#running = (this.#running || isBegin) && !isEnd;
    return [...begin, ...events];
  }

  #eventsOf(event: RunEvent, part: RunPart | undefined): AgUiEvent[] {
    switch (event.type) {
      case 'text.started':
      case 'reasoning.started':
      case 'tool_call.started':
      case 'node.started':
        return part ? this.#open.open(part) : [];
      case 'text.delta':
      case 'reasoning.delta':
      case 'refusal.delta':
      case 'tool_call.args.delta':
        return part ? this.#delta(part, event.delta) : [];
      case 'text.ended':
      case 'reasoning.ended':
      case 'message.ended':
      case 'tool_call.ready':
      case 'tool_call.invalid':
      case 'node.ended':
        return part ? this.#open.close(part) : [];
      case 'tool.progress':
        return part?.kind === 'tool_call'
          ? [{ type: 'ACTIVITY_SNAPSHOT', ...progressOf(this.#state.run_id, part) }]
          : [];
      case 'tool_result':
        return part?.kind === 'tool_call' && hasResult(part)
          ? [...this.#open.close(part), { type: 'TOOL_CALL_RESULT', ...resultOf(this.#state.run_id, part) }]
          : [];
      case 'approval.resolved': {
        const { approval_id, decision, reason } = event;
        return [custom('approval_resolved', { approval_id, decision, reason })];
      }
      case 'conversation.created':
      case 'conversation.titled':
      case 'conversation.compacted':
      case 'design.completed':
      case 'design.incomplete':
        return [asItIs(event)];
      case 'warning': {
        const { code, message, node_run_id } = event;
        return [custom('warning', { code, message, node_run_id })];
      }
      case 'run.suspended':
        return [...this.#open.closeAll(), suspended(this.#state, this.#ids)];
      case 'run.completed':
      case 'run.cancelled':
      case 'run.failed':
      case 'run.interrupted':
        return [
          ...this.#open.closeAll(),
          ...endOfRun(event, this.#state, this.#ids, this.options.isLegacy ?? false),
        ];
      case 'run.created':
      case 'run.started':
      case 'step.started':
      case 'step.reset':
      case 'step.finished':
      case 'message.started':
      case 'text.logprobs':
      case 'usage':
      case 'approval.required':
        return [];
    }
  }

  #delta(part: RunPart, delta: string): AgUiEvent[] {
    const runId = this.#state.run_id;
    if (isText(part)) {
      const begin = this.#open.open(part);
      if (delta === '') return begin;
      // The start of the message may have been that of its text.
      const isFirst = part.kind === 'refusal' && part.text.length === delta.length;
      const messageId = agUiId(runId, part.message_id);
      const metadata = isFirst ? messageMetadata(part) : {};
      if (part.kind === 'text') this.#heads.set(part.part_id, headOf('TEXT_MESSAGE_CONTENT', messageId));
      return [...begin, { type: 'TEXT_MESSAGE_CONTENT', messageId, delta, ...metadata }];
    }
    if (delta === '') return [];
    if (part.kind === 'reasoning') {
      const messageId = agUiId(runId, part.part_id);
      this.#heads.set(part.part_id, headOf('REASONING_MESSAGE_CONTENT', messageId));
      return [{ type: 'REASONING_MESSAGE_CONTENT', messageId, delta }];
    }
    if (part.kind === 'tool_call')
      return [{ type: 'TOOL_CALL_ARGS', toolCallId: agUiId(runId, part.tool_call_id), delta }];
    return [];
  }

  /** What was said of a step is void: the client gets the messages without it. */
  #takeBack(event: EventOf<'step.reset'>): AgUiEvent[] {
    const { parts } = this.#state;
    const wasShown = parts.some((part) => part.kind !== 'node' && part.step_id === event.step_id);
    applyEvent(this.#state, event);
    if (!wasShown) return [];
    const begin = this.#running ? [] : [this.#runStarted()];
    this.#running = true;
    return [...begin, ...this.#tellAnew()];
  }

  /** A snapshot replaces what the client has. */
  #catchUp({ state }: RunSnapshot): AgUiEvent[] {
    const closed = this.#open.closeAll();
    this.#reset(structuredClone(state));
    const begin = this.#running ? closed : [this.#runStarted()];
    this.#running = state.phase !== 'suspended';
    if (!this.#running) return [...begin, this.#messages(), suspended(this.#state, this.#ids)];
    return [...begin, ...this.#tellAnew()];
  }

  #tellAnew(): AgUiEvent[] {
    return [...this.#open.closeMessages(), this.#messages(), ...this.#open.openAll(this.#state)];
  }

  #messages(): AgUiEvent {
    const { run_id } = this.#state;
    const before = (this.options.before ?? []).filter(({ id }) => runOfId(id) !== run_id);
    return { type: 'MESSAGES_SNAPSHOT', messages: [...before, ...runMessages(this.#state)] };
  }

  #runStarted(): AgUiEvent {
    const { run_id, model, agent_name } = this.#state;
    return {
      type: 'RUN_STARTED',
      ...this.#ids,
      ...(!this.options.isLegacy && { protocolVersion: AG_UI_VERSION }),
      ...inMetadata({ run_id, model, agent_name }),
    };
  }

  get #ids(): RunIds {
    const { run_id, conversation_id } = this.#state;
    const { threadId = conversation_id ?? run_id, runId = run_id } = this.options;
    return { threadId, runId };
  }

  get #state(): RunState {
    return this.#folded.current;
  }

  #reset(state: RunState): void {
    this.#folded = new FoldedState(state);
    this.#open = new OpenParts(state);
  }
}

function headOf(type: string, messageId: string): string {
  return `${JSON.stringify({ type, messageId }).slice(0, -1)},"delta":`;
}

/** What the protocol has no event for. */
function custom(name: string, value: object): AgUiEvent {
  return { type: 'CUSTOM', name: `millrace.${name}`, value };
}

function asItIs(
  event: EventOf<
    `conversation.${'created' | 'titled' | 'compacted'}` | `design.${'completed' | 'incomplete'}`
  >,
): AgUiEvent {
  const { v: _v, run_id: _run, epoch: _epoch, seq: _seq, ts: _ts, type, ...value } = event;
  return custom(type.replace('.', '_'), value);
}
