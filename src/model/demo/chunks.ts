import { messageText } from '../message-text.js';
import type { DemoAnswer, DemoRequest } from './types.js';

/** The server-sent events of an answer: chat.completion.chunk objects, the usage chunk if it was asked for, `[DONE]`. */
export function* demoChunks(
  { reasoning, text, calls }: DemoAnswer,
  request: DemoRequest,
  random: () => number,
): Generator<string, void> {
  const envelope = {
    id: `chatcmpl-demo-${Math.floor(random() * 2 ** 32).toString(36)}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: 'demo',
  };
  const event = (chunk: object) => `data: ${JSON.stringify({ ...envelope, ...chunk })}\n\n`;
  const choice = (delta: object, finish_reason: string | null = null) =>
    event({ choices: [{ index: 0, delta, finish_reason }] });

  yield choice({ role: 'assistant', content: '' });
  for (const reasoning_content of pieces(reasoning, random)) yield choice({ reasoning_content });
  for (const content of pieces(text, random)) yield choice({ content });
  for (const [index, { id, name, args }] of calls.entries()) {
    const opening = { index, id, type: 'function', function: { name, arguments: '' } };
    yield choice({ tool_calls: [opening] });
    for (const piece of pieces(args, random)) {
      yield choice({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  yield choice({}, calls.length > 0 ? 'tool_calls' : 'stop');

  if (request.stream_options?.include_usage) {
    const prompt_tokens = countWords(request.messages.map(messageText).join('\n'));
    const reasoning_tokens = countWords(reasoning);
    const spoken = countWords(text) + countWords(calls.map(({ args }) => args).join(' '));
    const completion_tokens = reasoning_tokens + spoken;
    const usage = {
      prompt_tokens,
      completion_tokens,
      total_tokens: prompt_tokens + completion_tokens,
      completion_tokens_details: { reasoning_tokens },
    };
    yield event({ choices: [], usage });
  }
  yield 'data: [DONE]\n\n';
}

/** Cuts a text into pieces of 3 to 8 characters, as models speak. */
function* pieces(text: string, random: () => number): Generator<string, void> {
  const characters = Array.from(text);
  for (let at = 0; at < characters.length;) {
    const length = 3 + Math.floor(random() * 6);
    yield characters.slice(at, at + length).join('');
    at += length;
  }
}

/** A demo has no tokens: words count, and in Chinese each character. */
export function countWords(text: string): number {
  return text.match(/\p{Script=Han}|[\p{L}\p{N}]+?(?=\p{Script=Han}|[^\p{L}\p{N}]|$)/gu)?.length ?? 0;
}
