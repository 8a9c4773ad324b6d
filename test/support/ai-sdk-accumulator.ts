import type { UIMessageChunk } from 'ai';
import type { Frame } from '../../src/sse/dialects/dialect.js';

type Chunk = UIMessageChunk & Record<string, unknown>;

interface Part {
  type: string;
  id?: string;
  text?: string;
  state?: string;
  [field: string]: unknown;
}

/** The message that a client of the AI SDK has when it has read these frames, and how it ended. */
export interface AiSdkAnswer {
  id?: string;
  metadata: Record<string, unknown>;
  parts: Part[];
  transient: unknown[];
  finishReason?: string;
  abort?: string;
  error?: string;
  done: boolean;
}

/**
 * Adds chunks up by the rules of the AI SDK's `processUIMessageStream`, and more strictly than it: besides what it throws for, nothing may
 * come before `start` or after the end, and steps must be finished.
 */
export function accumulateUiMessage(frames: readonly Pick<Frame, 'data'>[]): AiSdkAnswer {
  const answer: AiSdkAnswer = { metadata: {}, parts: [], transient: [], done: false };
  const active = new Map<string, Part>();
  let inStep = false;
  for (const { data } of frames) {
    if (answer.done) throw new Error(`after [DONE]: ${data}`);
    if (data === '[DONE]') {
      answer.done = true;
      continue;
    }
    const chunk = JSON.parse(data) as Chunk;
    if (answer.finishReason ?? answer.abort ?? answer.error) throw new Error(`after the end: ${data}`);
    if ((answer.id === undefined) !== (chunk.type === 'start')) throw new Error(`${data} at the wrong place`);
    if (chunk.type === 'start-step' || chunk.type === 'finish-step') {
      if (inStep !== (chunk.type === 'finish-step')) throw new Error(`a second ${chunk.type}`);
      inStep = !inStep;
    }
    apply(answer, active, chunk);
  }
  if (answer.done && inStep) throw new Error('the last step is not finished');
  return answer;
}

function apply(answer: AiSdkAnswer, active: Map<string, Part>, chunk: Chunk): void {
  const { parts } = answer;
  const call = (): Part => {
    const found = parts.findLast(
      (part) => part['toolCallId'] === (chunk as { toolCallId?: string }).toolCallId,
    );
    if (!found) throw new Error(`no tool call for ${JSON.stringify(chunk)}`);
    return found;
  };
  switch (chunk.type) {
    case 'start':
      answer.id = chunk.messageId;
      Object.assign(answer.metadata, chunk.messageMetadata);
      return;
    case 'text-start':
    case 'reasoning-start': {
      if (active.has(chunk.id)) throw new Error(`${chunk.id} began twice`);
      const { type, id, ...rest } = chunk;
      const part: Part = { type: type.replace('-start', ''), id, text: '', state: 'streaming', ...rest };
      active.set(id, part);
      parts.push(part);
      return;
    }
    case 'text-delta':
    case 'reasoning-delta': {
      const part = active.get(chunk.id);
      if (!part) throw new Error(`a delta without its start: ${JSON.stringify(chunk)}`);
      part.text += chunk.delta;
      return;
    }
    case 'text-end':
    case 'reasoning-end': {
      const part = active.get(chunk.id);
      if (!part) throw new Error(`an end without its start: ${JSON.stringify(chunk)}`);
      part.state = 'done';
      active.delete(chunk.id);
      return;
    }
    case 'tool-input-start':
      parts.push({ ...chunk, type: 'dynamic-tool', state: 'input-streaming', rawInput: '' });
      return;
    case 'tool-input-delta': {
      const part = call();
      if (part.state !== 'input-streaming') throw new Error('arguments after their end');
      part['rawInput'] = `${part['rawInput'] as string}${chunk.inputTextDelta}`;
      return;
    }
    case 'tool-input-available':
      Object.assign(call(), { state: 'input-available', input: chunk.input });
      return;
    case 'tool-input-error':
      Object.assign(call(), { state: 'output-error', input: chunk.input, errorText: chunk.errorText });
      return;
    case 'tool-output-available':
      Object.assign(call(), {
        state: 'output-available',
        output: chunk.output,
        preliminary: chunk.preliminary,
      });
      return;
    case 'tool-output-error':
      Object.assign(call(), {
        state: 'output-error',
        errorText: chunk.errorText,
        output: undefined,
        preliminary: undefined,
      });
      return;
    case 'tool-output-denied':
      call().state = 'output-denied';
      return;
    case 'tool-approval-request':
      Object.assign(call(), { state: 'approval-requested', approval: { id: chunk.approvalId } });
      return;
    case 'tool-approval-response':
      if (!parts.some((part) => (part['approval'] as { id: string } | undefined)?.id === chunk.approvalId))
        throw new Error(`no approval ${chunk.approvalId}`);
      return;
    case 'start-step':
      parts.push({ type: 'step-start' });
      return;
    case 'finish-step':
      return;
    case 'reset-step': {
      const dropped = parts.splice(parts.findLastIndex((part) => part.type === 'step-start') + 1);
      for (const { id } of dropped) if (id !== undefined) active.delete(id);
      return;
    }
    case 'finish':
      answer.finishReason = chunk.finishReason;
      Object.assign(answer.metadata, chunk.messageMetadata);
      return;
    case 'abort':
      answer.abort = chunk.reason;
      return;
    case 'error':
      answer.error = chunk.errorText;
      return;
    default:
      if (!chunk.type.startsWith('data-')) throw new Error(`an unknown chunk: ${JSON.stringify(chunk)}`);
      addData(answer, chunk as unknown as { type: string; id?: string; data: unknown; transient?: boolean });
  }
}

function addData(
  answer: AiSdkAnswer,
  { type, id, data, transient }: { type: string; id?: string; data: unknown; transient?: boolean },
): void {
  if (transient) {
    answer.transient.push(data);
    return;
  }
  const known = answer.parts.find((part) => part.type === type && part.id === id && id !== undefined);
  if (known) known['data'] = data;
  else answer.parts.push({ type, ...(id !== undefined && { id }), data });
}
