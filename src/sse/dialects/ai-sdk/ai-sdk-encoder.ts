import { positionOf } from '../../../protocol/native-frame.js';
import { formatPosition } from '../../../protocol/position.js';
import { isTerminal, type EventOf, type RunEvent } from '../../../protocol/run-event.js';
import type { RunSnapshot } from '../../../protocol/run-snapshot.js';
import type { RunState, StepState } from '../../../protocol/run-state.js';
import type { DialectEncoder, Frame } from '../dialect.js';
import { AiSdkParts, type Chunk } from './ai-sdk-parts.js';
import { catchUp } from './catch-up.js';
import { AI_SDK_FINISH_REASONS } from './finish-reason.js';
import { REFUSAL, refusalId } from './refusal.js';

export interface AiSdkStreamOptions {
  /** The message that the run goes on with, after calls of the client's tools. Default: a new one, called after the run. */
  messageId?: string;
  /** What that message holds already, for a client that builds it anew. */
  earlier?: RunState;
}

/**
 * Writes a run as one message of the AI SDK's UI message stream. A step of the SDK is a model call with the tools that it calls, so
 * one ends where the next begins, or the run does. The calls that the server runs are `providerExecuted`.
 */
export class AiSdkEncoder implements DialectEncoder {
  readonly #parts = new AiSdkParts();
  #begun = false;
  /** The steps that were begun; the last one may be open. */
  readonly #steps = new Set<string>();
  #step: string | undefined;
  #usage: object | undefined;

  constructor(private readonly options: AiSdkStreamOptions = {}) {}

  encode(item: RunEvent | RunSnapshot): Frame[] {
    const frames: Frame[] = this.#chunks(item).map((chunk) => ({ data: JSON.stringify(chunk) }));
    const last = frames.at(-1);
    if (last) frames[frames.length - 1] = { id: formatPosition(positionOf(item)), ...last };
    if (item.type !== 'run.snapshot' && isTerminal(item)) frames.push({ data: '[DONE]' });
    return frames;
  }

  #chunks(item: RunEvent | RunSnapshot): Chunk[] {
    const parts = this.#parts;
    switch (item.type) {
      case 'run.created':
        return this.#start(item.run_id, item.model, item.conversation_id);
      case 'step.started':
        return this.#startStep(item);
      case 'step.reset':
        // Inside a node the steps are not told, and so none can be taken back.
        return item.step_id === this.#step ? parts.resetStep() : [];
      case 'text.started':
        return parts.start('text', item.part_id);
      case 'reasoning.started':
        return parts.start('reasoning', item.part_id);
      case 'text.delta':
      case 'reasoning.delta':
        return parts.delta(item.part_id, item.delta);
      case 'text.ended':
      case 'reasoning.ended':
        return parts.end(item.part_id);
      case 'refusal.delta': {
        const id = refusalId(item.message_id);
        return [...parts.start('text', id, REFUSAL), ...parts.delta(id, item.delta)];
      }
      case 'message.ended':
        return parts.end(refusalId(item.message_id));
      case 'tool_call.started':
        return parts.call(item.tool_call_id, item);
      case 'tool_call.args.delta':
        return parts.arguments(item.tool_call_id, item.delta);
      case 'tool_call.ready':
        return parts.ready(item.tool_call_id, item.input);
      case 'tool_call.invalid':
        return parts.invalid(item.tool_call_id, item.reason);
      case 'tool.progress': {
        const { progress, total, message } = item;
        return parts.progress(item.tool_call_id, { progress, total, message });
      }
      case 'tool_result':
        return parts.result(item.tool_call_id, item);
      case 'node.started':
      case 'node.ended':
        return [nodePart(item)];
      case 'usage':
        return item.scope === 'run' ? this.#addUsage(item) : [];
      case 'approval.required': {
        const { approval_id: approvalId, tool_call_id: toolCallId } = item;
        return [{ type: 'tool-approval-request', approvalId, toolCallId }];
      }
      case 'approval.resolved': {
        const { approval_id: approvalId, decision, reason } = item;
        return [
          {
            type: 'tool-approval-response',
            approvalId,
            approved: decision === 'approved',
            ...(reason && { reason }),
          },
        ];
      }
      case 'conversation.created':
      case 'conversation.titled':
      case 'conversation.compacted':
        return [conversationPart(item)];
      case 'warning':
        return [{ type: 'data-notice', data: { code: item.code, message: item.message }, transient: true }];
      case 'run.snapshot':
        return this.#catchUp(item);
      case 'run.completed':
        return [
          ...this.#finishStep(),
          { type: 'finish', finishReason: AI_SDK_FINISH_REASONS[item.finish_reason], ...this.#metadata() },
        ];
      case 'run.cancelled':
        return [...this.#finishStep(), { type: 'abort', reason: item.reason ?? item.by }];
      case 'run.failed':
      case 'run.interrupted': {
        const { code, message, retryable } = item;
        return [
          ...this.#finishStep(),
          { type: 'data-error', data: { code, message, retryable } },
          { type: 'error', errorText: message },
        ];
      }
      case 'run.started':
      case 'run.suspended':
      case 'step.finished':
      case 'message.started':
      case 'text.logprobs':
      case 'design.completed':
      case 'design.incomplete':
        return [];
    }
  }

  /** A message is called after its first run, so that a client's history says which turns it holds. */
  #start(run_id: string, model: string, conversation_id: string | undefined): Chunk[] {
    if (this.#begun) return [];
    this.#begun = true;
    const messageMetadata = { run_id, model, ...(conversation_id !== undefined && { conversation_id }) };
    const { messageId = run_id, earlier } = this.options;
    const start = { type: 'start', messageId, messageMetadata };
    if (!earlier) return [start];
    const chunks = [start, ...this.#tell(new AiSdkParts(), earlier)];
    this.#steps.clear();
    return chunks;
  }

  /** The steps of parallel nodes overlap, which steps of the SDK cannot. */
  #startStep({ step_id, node_run_id }: { step_id: string; node_run_id?: string }): Chunk[] {
    if (node_run_id !== undefined || this.#steps.has(step_id)) return [];
    const before = this.#finishStep();
    this.#step = step_id;
    this.#steps.add(step_id);
    this.#parts.beginStep();
    return [...before, { type: 'start-step' }];
  }

  #finishStep(): Chunk[] {
    if (this.#step === undefined) return [];
    this.#step = undefined;
    return [{ type: 'finish-step' }];
  }

  #addUsage(usage: EventOf<'usage'>): Chunk[] {
    const { input_tokens, output_tokens, cached_input_tokens, reasoning_tokens, estimated } = usage;
    this.#usage = { input_tokens, output_tokens, cached_input_tokens, reasoning_tokens, estimated };
    return [];
  }

  #metadata(): { messageMetadata?: object } {
    return this.#usage ? { messageMetadata: { usage: this.#usage } } : {};
  }

  #catchUp({ run_id, state }: RunSnapshot): Chunk[] {
    const start = this.#start(run_id, state.model, state.conversation_id);
    if (state.usage) this.#usage = state.usage;
    return [...start, ...this.#tell(this.#parts, state)];
  }

  #tell(parts: AiSdkParts, state: RunState): Chunk[] {
    return catchUp(parts, state, [...this.#steps], (step: StepState) => this.#startStep(step));
  }
}

/** The same id replaces the part, so that a node has one, with its last state. */
function nodePart(event: EventOf<'node.started'> | EventOf<'node.ended'>): Chunk {
  const { node_run_id: id, node_name: name } = event;
  const status = event.type === 'node.started' ? 'running' : event.status;
  return { type: 'data-node', id, data: { name, status } };
}

/** What happened to the conversation is not part of the message. */
function conversationPart(
  event: EventOf<'conversation.created' | 'conversation.titled' | 'conversation.compacted'>,
): Chunk {
  const { v: _v, run_id: _run, epoch: _epoch, seq: _seq, ts: _ts, ...data } = event;
  return { type: 'data-conversation', data, transient: true };
}
