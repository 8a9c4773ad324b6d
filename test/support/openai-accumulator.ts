import type { Frame } from '../../src/sse/dialects/dialect.js';

interface Call {
  id: string;
  type: string;
  name: string;
  arguments: string;
}

/** What a strict client of OpenAI has when it has read these frames: one message, how it ended, and the usage. */
export interface OpenAiAnswer {
  role?: string;
  content: string;
  reasoning: string;
  refusal: string;
  calls: Call[];
  logprobs: unknown[];
  finishReason?: string;
  usage?: unknown;
  error?: unknown;
  done: boolean;
}

/**
 * Adds chunks up by the rules of OpenAI's own clients. Throws where one of them does: a delta before the role, a second id, a
 * fragment of a call that has not begun, an index that is not the next, anything after the end, and what is no chunk at all.
 */
export function accumulate(frames: readonly Pick<Frame, 'id' | 'data'>[]): OpenAiAnswer {
  const answer: OpenAiAnswer = {
    content: '',
    reasoning: '',
    refusal: '',
    calls: [],
    logprobs: [],
    done: false,
  };
  let head: string | undefined;
  for (const { id, data } of frames) {
    if (id !== undefined) throw new Error(`a frame with an id: ${id}`);
    if (answer.done || answer.error) throw new Error(`after the end: ${data}`);
    if (data === '[DONE]') {
      answer.done = true;
      continue;
    }
    const chunk = JSON.parse(data);
    if (chunk.error) {
      answer.error = chunk.error;
      continue;
    }
    const { choices, usage, ...rest } = chunk;
    if (Object.keys(rest).join() !== 'id,object,created,model' || rest.object !== 'chat.completion.chunk')
      throw new Error(`not a chunk: ${data}`);
    head ??= JSON.stringify(rest);
    if (head !== JSON.stringify(rest)) throw new Error(`another message: ${data}`);
    if (choices.length === 0) answer.usage = usage;
    else addChoice(answer, choices[0]);
  }
  return answer;
}

interface Fragment {
  index: number;
  id?: string;
  type?: string;
  function: { name?: string; arguments: string };
}
interface Choice {
  index: number;
  delta: {
    role?: string;
    content?: string;
    reasoning_content?: string;
    refusal?: string;
    tool_calls?: Fragment[];
  };
  logprobs: { content: unknown[] | null; refusal: unknown[] | null } | null;
  finish_reason: string | null;
}

function addChoice(answer: OpenAiAnswer, { index, delta, logprobs, finish_reason }: Choice): void {
  if (index !== 0 || answer.finishReason !== undefined) throw new Error('a choice after the finish reason');
  if (delta.role !== undefined) {
    if (answer.role !== undefined) throw new Error('a second role');
    answer.role = delta.role;
  }
  if (answer.role === undefined) throw new Error('a delta before the role');
  answer.content += delta.content ?? '';
  answer.reasoning += delta.reasoning_content ?? '';
  answer.refusal += delta.refusal ?? '';
  for (const fragment of delta.tool_calls ?? []) addFragment(answer.calls, fragment);
  if (logprobs) answer.logprobs.push(...(logprobs.content ?? []), ...(logprobs.refusal ?? []));
  if (finish_reason !== null) answer.finishReason = finish_reason;
}

function addFragment(calls: Call[], { index, id, type = '', function: called }: Fragment): void {
  if (id !== undefined) {
    if (index !== calls.length) throw new Error(`call ${index} after ${calls.length}`);
    calls.push({ id, type, name: called.name ?? '', arguments: called.arguments });
  } else {
    const call = calls[index];
    if (!call) throw new Error(`a fragment of call ${index}, which has not begun`);
    call.arguments += called.arguments;
  }
}
