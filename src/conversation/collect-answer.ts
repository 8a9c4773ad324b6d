import { lastValueFrom, reduce } from 'rxjs';
import { untilAborted } from '../run/until-aborted.js';
import type { ModelClient, ModelMessage } from '../model/model-client.js';

export interface Question {
  model: string;
  messages: readonly ModelMessage[];
  /** How long the whole answer may take, and be. */
  timeoutMs: number;
  maxCharacters: number;
}

const THINK_END = '</think>';

/**
 * Asks a model in the background and returns the text of its whole answer, trimmed. A reasoning that the model wrote into its answer
 * (`…</think>`) is left out. Rejects with the model client's error, with the signal's reason, or when the answer is too late or too
 * long.
 */
export async function collectAnswer(
  client: ModelClient,
  { model, messages, timeoutMs, maxCharacters }: Question,
  signal: AbortSignal,
): Promise<string> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const answer = client.stream({ model, messages, tools: [] }).pipe(
    untilAborted(ended),
    reduce((text, deltas) => {
      for (const delta of deltas) if (delta.type === 'text') text += delta.delta;
      if (text.length > maxCharacters) throw new RangeError('The answer is too long');
      return text;
    }, ''),
  );
  const text = await lastValueFrom(answer);
  const thought = text.lastIndexOf(THINK_END);
  return (thought === -1 ? text : text.slice(thought + THINK_END.length)).trim();
}
