import type {
  NodePart,
  RefusalPart,
  RunPart,
  RunState,
  TextPart,
  ToolCallPart,
} from '../../../protocol/run-state.js';
import { agUiId, inMetadata, type AgUiEvent } from './ag-ui-event.js';

/**
 * What was begun on the wire and not ended. Clients refuse the end of a run before all of it is closed, and a piece of what is not open.
 * Text and refusal of one model call are one message, which is open as long as any of its parts is.
 */
export class OpenParts {
  readonly #open = new Set<RunPart>();
  /** The messages that the client has: what it was told at their first start holds, and more may have come since. */
  readonly #known: Set<string>;
  readonly #runId: string;

  constructor({ run_id, parts }: RunState) {
    this.#runId = run_id;
    this.#known = new Set(parts.flatMap((part) => messageIdOf(part) ?? []));
  }

  open(part: RunPart): AgUiEvent[] {
    if (this.#open.has(part)) return [];
    const isBegun = this.#isMessageOpen(part);
    this.#open.add(part);
    if (isBegun) return [];
    const id = messageIdOf(part);
    const isKnown = id !== undefined && this.#known.has(id);
    if (id !== undefined) this.#known.add(id);
    return startOf(part, this.#runId, isKnown);
  }

  close(part: RunPart): AgUiEvent[] {
    if (!this.#open.delete(part) || this.#isMessageOpen(part)) return [];
    return endOf(part, this.#runId);
  }

  /** Begins again what is still being written of a run. */
  openAll({ parts }: RunState): AgUiEvent[] {
    return parts.filter(isBeingWritten).flatMap((part) => this.open(part));
  }

  /** The nodes go on where only the messages are told anew. */
  closeMessages(): AgUiEvent[] {
    return [...this.#open].filter(({ kind }) => kind !== 'node').flatMap((part) => this.close(part));
  }

  closeAll(): AgUiEvent[] {
    return [...this.closeMessages(), ...[...this.#open].reverse().flatMap((part) => this.close(part))];
  }

  /** Whether the message of a text is open by another part of it. */
  #isMessageOpen(part: RunPart): boolean {
    return isText(part) && [...this.#open].some((one) => isText(one) && one.message_id === part.message_id);
  }
}

type SpokenPart = (TextPart & { kind: 'text' }) | RefusalPart;

export function isText(part: RunPart): part is SpokenPart {
  return part.kind === 'text' || part.kind === 'refusal';
}

/** The id of the message that a part is begun as. */
function messageIdOf(part: RunPart): string | undefined {
  if (part.kind === 'reasoning') return part.part_id;
  return isText(part) ? part.message_id : undefined;
}

/** What a client is told of a call besides its name: above all, whether it is the client's to execute. */
export function callMetadata(call: ToolCallPart) {
  const { executor, server, tool, invalid, node_run_id } = call;
  return inMetadata({ executor, server, tool, invalid, node_run_id });
}

/** A call is written until its arguments are complete, or it has its outcome without. */
function isBeingWritten(part: RunPart): boolean {
  if (part.ended) return false;
  return part.kind !== 'tool_call' || (part.input === undefined && part.invalid === undefined);
}

function startOf(part: RunPart, runId: string, isKnown: boolean): AgUiEvent[] {
  const metadata = isKnown ? {} : inMetadata({ node_run_id: part.node_run_id });
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [
        {
          type: 'TEXT_MESSAGE_START',
          messageId: agUiId(runId, part.message_id),
          role: 'assistant',
          ...metadata,
        },
      ];
    case 'reasoning': {
      const messageId = agUiId(runId, part.part_id);
      return [
        { type: 'REASONING_START', messageId },
        { type: 'REASONING_MESSAGE_START', messageId, role: 'reasoning', ...metadata },
      ];
    }
    case 'tool_call':
      return [
        {
          type: 'TOOL_CALL_START',
          toolCallId: agUiId(runId, part.tool_call_id),
          toolCallName: part.name,
          parentMessageId: agUiId(runId, part.message_id),
          ...callMetadata(part),
        },
      ];
    case 'node':
      return [{ type: 'STEP_STARTED', stepName: part.node_run_id, ...nodeMetadata(part) }];
  }
}

function endOf(part: RunPart, runId: string): AgUiEvent[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return [{ type: 'TEXT_MESSAGE_END', messageId: agUiId(runId, part.message_id) }];
    case 'reasoning': {
      const messageId = agUiId(runId, part.part_id);
      return [
        { type: 'REASONING_MESSAGE_END', messageId },
        { type: 'REASONING_END', messageId },
      ];
    }
    case 'tool_call': {
      const toolCallId = agUiId(runId, part.tool_call_id);
      return [{ type: 'TOOL_CALL_END', toolCallId, ...(part.invalid !== undefined && callMetadata(part)) }];
    }
    case 'node':
      return [{ type: 'STEP_FINISHED', stepName: part.node_run_id, ...nodeMetadata(part) }];
  }
}

/** Two nodes of a run may have one name, so a step is called after its execution. */
function nodeMetadata({ node_name, parent_node_run_id, tool_call_id, status }: NodePart) {
  return inMetadata({ name: node_name, parent: parent_node_run_id, tool_call_id, status });
}
