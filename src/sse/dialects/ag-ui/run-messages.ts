import type { RefusalPart, RunPart, RunState, TextPart, ToolCallPart } from '../../../protocol/run-state.js';
import { agUiId, inMetadata, type AgUiMessage } from './ag-ui-event.js';
import { callMetadata } from './open-parts.js';

type Answer = AgUiMessage & { content?: string; toolCalls?: object[] };
type AnswerPart = Exclude<RunPart, { kind: 'node' }>;

/** What a run has said so far, as the messages that its events add up to; the outcomes of calls follow the answer that made them. */
export function runMessages({ run_id, parts }: RunState): AgUiMessage[] {
  const messages: AgUiMessage[] = [];
  const answers = new Map<string, Answer>();
  for (const part of parts) {
    if (part.kind === 'node') continue;
    if (part.kind === 'reasoning') {
      const id = agUiId(run_id, part.part_id);
      messages.push({ id, role: 'reasoning', content: part.text, ...messageMetadata(part) });
      continue;
    }
    let answer = answers.get(part.message_id);
    if (!answer) {
      answer = { id: agUiId(run_id, part.message_id), role: 'assistant' };
      if (part.kind !== 'tool_call') answer.content = '';
      answers.set(part.message_id, answer);
      messages.push(answer);
    }
    if (part.kind === 'tool_call') (answer.toolCalls ??= []).push(toolCall(run_id, part));
    else say(answer, part);
  }
  const calls = parts.filter((part): part is ToolCallPart => part.kind === 'tool_call');
  return messages.flatMap((message) => [
    message,
    ...calls
      .filter((call) => message === answers.get(call.message_id))
      .flatMap((call) => outcomesOf(run_id, call)),
  ]);
}

function say(answer: Answer, part: TextPart | RefusalPart): void {
  if (part.text !== '') answer.content = (answer.content ?? '') + part.text;
  if (part.kind === 'refusal' || answer['metadata'] === undefined)
    Object.assign(answer, messageMetadata(part));
}

/** What a client is told of a message besides its text. */
export function messageMetadata(part: AnswerPart) {
  const isRefusal = part.kind === 'refusal' && part.text !== '';
  return inMetadata({ node_run_id: part.node_run_id, ...(isRefusal && { refusal: true }) });
}

/** What is told of the work on a call: a message of its own, which the next one of it replaces. */
export function progressOf(runId: string, { tool_call_id, progress }: ToolCallPart) {
  return {
    messageId: agUiId(runId, `${tool_call_id}.progress`),
    activityType: 'millrace.tool_progress',
    content: { toolCallId: agUiId(runId, tool_call_id), ...progress },
  };
}

export function resultOf(runId: string, { tool_call_id, result }: ToolCallPart & { result: object }) {
  return {
    messageId: agUiId(runId, result.result_message_id),
    role: 'tool',
    toolCallId: agUiId(runId, tool_call_id),
    content: result.content,
    ...inMetadata({ status: result.status }),
  };
}

function outcomesOf(runId: string, call: ToolCallPart): AgUiMessage[] {
  const messages: AgUiMessage[] = [];
  if (hasResult(call)) {
    const { messageId: id, ...result } = resultOf(runId, call);
    messages.push({ id, ...result });
  }
  if (call.progress) {
    const { messageId: id, ...activity } = progressOf(runId, call);
    messages.push({ id, role: 'activity', ...activity });
  }
  return messages;
}

export function hasResult(call: ToolCallPart): call is ToolCallPart & Required<Pick<ToolCallPart, 'result'>> {
  return call.result !== undefined;
}

function toolCall(runId: string, call: ToolCallPart): object {
  const { tool_call_id, name, args } = call;
  const id = agUiId(runId, tool_call_id);
  return { id, type: 'function', function: { name, arguments: args }, ...callMetadata(call) };
}
