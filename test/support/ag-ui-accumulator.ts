import type { Frame } from '../../src/sse/dialects/dialect.js';

type Event = { type: string } & Record<string, unknown>;

export interface AgUiMessage {
  id: string;
  role: string;
  content?: unknown;
  toolCalls?: ToolCall[];
  toolCallId?: string;
  [field: string]: unknown;
}
interface ToolCall {
  id: string;
  function: { name: string; arguments: string };
  [field: string]: unknown;
}

/** What a client of AG-UI has when it has read these frames, and how each run in them ended. */
export interface AgUiAnswer {
  messages: AgUiMessage[];
  /** Nodes that were begun and ended, as it was told. */
  steps: string[];
  custom: unknown[];
  ends: Event[];
  running: boolean;
}

/**
 * Adds events up by the rules of `@ag-ui/client` (its verifyEvents and defaultApplyEvents), and more strictly than it: a result needs its
 * call, a message of an activity its place, and every event its known type.
 */
export function accumulateAgUi(
  frames: readonly Pick<Frame, 'data'>[],
  messages: readonly AgUiMessage[] = [],
): AgUiAnswer {
  const reader = new AgUiReader(messages);
  for (const { data } of frames) reader.read(JSON.parse(data) as Event);
  return reader.answer;
}

class AgUiReader {
  readonly answer: AgUiAnswer;
  /** What is open, by its kind and id. */
  readonly #open = new Set<string>();
  #begun = false;
  #failed = false;

  constructor(messages: readonly AgUiMessage[]) {
    this.answer = {
      messages: structuredClone([...messages]),
      steps: [],
      custom: [],
      ends: [],
      running: false,
    };
  }

  read(event: Event): void {
    const { answer } = this;
    const fail = (why: string): never => {
      throw new Error(`${why}: ${JSON.stringify(event)}`);
    };
    if (event.type === 'RUN_STARTED') {
      if (answer.running) fail('a second start');
      if (typeof event['threadId'] !== 'string' || typeof event['runId'] !== 'string') fail('without ids');
      this.#begun = answer.running = true;
      return;
    }
    if (!answer.running) fail(this.#begun ? 'after the end' : 'before the start');
    if (this.#failed) fail('after the error');
    if (event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR') {
      if (this.#open.size > 0) fail(`${[...this.#open].join()} is open at the end`);
      answer.running = false;
      answer.ends.push(event);
      return;
    }
    this.#apply(event, fail);
  }

  #apply(event: Event, fail: (why: string) => never): void {
    const { messages, steps, custom } = this.answer;
    const messageId = String(event['messageId']);
    const callId = String(event['toolCallId']);
    const message = () => messages.find(({ id }) => id === messageId);
    const begin = (kind: string, id: string) => {
      if (this.#open.has(kind + id)) fail('begun twice');
      this.#open.add(kind + id);
    };
    const end = (kind: string, id: string) => this.#open.delete(kind + id) || fail('ended without its start');
    const isOpen = (kind: string, id: string) => this.#open.has(kind + id) || fail('without its start');
    switch (event.type) {
      case 'TEXT_MESSAGE_START':
      case 'REASONING_MESSAGE_START': {
        const role = event.type === 'TEXT_MESSAGE_START' ? 'assistant' : 'reasoning';
        begin(role, messageId);
        if (event['role'] !== role) fail('of another role');
        if (!message()) messages.push({ id: messageId, role, content: '' });
        addMetadata(message()!, event);
        return;
      }
      case 'TEXT_MESSAGE_CONTENT':
      case 'REASONING_MESSAGE_CONTENT': {
        isOpen(event.type === 'TEXT_MESSAGE_CONTENT' ? 'assistant' : 'reasoning', messageId);
        if (event['delta'] === '') fail('an empty delta');
        const one = message()!;
        one.content = `${(one.content as string | undefined) ?? ''}${event['delta'] as string}`;
        addMetadata(one, event);
        return;
      }
      case 'TEXT_MESSAGE_END':
        end('assistant', messageId);
        return;
      case 'REASONING_MESSAGE_END':
        end('reasoning', messageId);
        return;
      case 'REASONING_START':
        begin('span', messageId);
        return;
      case 'REASONING_END':
        end('span', messageId);
        return;
      case 'TOOL_CALL_START': {
        begin('call', callId);
        if (this.#callOf(callId)) return;
        const parent = String(event['parentMessageId']);
        let owner = messages.find(({ id }) => id === parent);
        if (!owner) messages.push((owner = { id: parent, role: 'assistant' }));
        const call = {
          id: callId,
          type: 'function',
          function: { name: String(event['toolCallName']), arguments: '' },
        };
        (owner.toolCalls ??= []).push(call);
        addMetadata(call, event);
        return;
      }
      case 'TOOL_CALL_ARGS':
        isOpen('call', callId);
        if (event['delta'] === '') fail('an empty delta');
        this.#callOf(callId)!.function.arguments += event['delta'] as string;
        return;
      case 'TOOL_CALL_END':
        end('call', callId);
        addMetadata(this.#callOf(callId)!, event);
        return;
      case 'TOOL_CALL_RESULT': {
        const owner = messages.findIndex(({ toolCalls }) => toolCalls?.some(({ id }) => id === callId));
        if (owner === -1 || this.#open.has(`call${callId}`)) fail('a result without its call');
        const { messageId: id, toolCallId, role, content } = event;
        const result = { id: String(id), role: String(role), toolCallId: String(toolCallId), content };
        addMetadata(result, event);
        let at = owner + 1;
        while (messages[at]?.role === 'tool') at += 1;
        messages.splice(at, 0, result);
        return;
      }
      case 'ACTIVITY_SNAPSHOT': {
        const { activityType, content } = event;
        const activity = { id: messageId, role: 'activity', activityType, content };
        const at = messages.findIndex(({ id }) => id === messageId);
        if (at === -1) messages.push(activity);
        else messages[at] = activity;
        return;
      }
      case 'MESSAGES_SNAPSHOT':
        this.answer.messages = withSnapshot(messages, event['messages'] as AgUiMessage[]);
        return;
      case 'STEP_STARTED':
        begin('step', String(event['stepName']));
        return;
      case 'STEP_FINISHED':
        end('step', String(event['stepName']));
        steps.push(JSON.stringify([event['stepName'], event['metadata']]));
        return;
      case 'CUSTOM':
        custom.push([event['name'], event['value']]);
        return;
      default:
        fail('an unknown event');
    }
  }

  #callOf(callId: string): ToolCall | undefined {
    return this.answer.messages.flatMap(({ toolCalls = [] }) => toolCalls).find(({ id }) => id === callId);
  }
}

function addMetadata(target: Record<string, unknown>, event: Event): void {
  if (event['metadata'] !== undefined)
    target['metadata'] = { ...(target['metadata'] as object | undefined), ...(event['metadata'] as object) };
}

/** Activities and reasoning stay where a snapshot has none of their kind. */
function withSnapshot(messages: AgUiMessage[], snapshot: AgUiMessage[]): AgUiMessage[] {
  const has = (role: string) => snapshot.some((message) => message.role === role);
  const kept = messages.filter(
    ({ id, role }) =>
      snapshot.some((message) => message.id === id) ||
      ((role === 'activity' || role === 'reasoning') && !has(role)),
  );
  const known = new Set(kept.map(({ id }) => id));
  return structuredClone([
    ...kept.map((message) => snapshot.find(({ id }) => id === message.id) ?? message),
    ...snapshot.filter(({ id }) => !known.has(id)),
  ]);
}
