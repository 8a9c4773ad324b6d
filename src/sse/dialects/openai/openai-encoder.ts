import { positionOf } from '../../../protocol/native-frame.js';
import { toOpenAiError } from '../../../protocol/openai-error.js';
import { toOpenAiUsage } from '../../../protocol/openai-usage.js';
import { formatPosition } from '../../../protocol/position.js';
import type { FinishReason, RunEvent, UsageCounts } from '../../../protocol/run-event.js';
import type { RunSnapshot } from '../../../protocol/run-snapshot.js';
import { ulidSeconds } from '../../../protocol/ulid-time.js';
import type { DialectEncoder, Frame } from '../dialect.js';
import { answerOf, BETWEEN_STEPS, openAiLogprobs, type Answer } from './answer.js';
import { openAiFinishReason } from './finish-reason.js';

const FIELDS = { text: 'content', reasoning: 'reasoning_content', refusal: 'refusal' } as const;
type Kind = keyof typeof FIELDS;

export interface OpenAiStreamOptions {
  /** `stream_options.include_usage`. */
  includeUsage: boolean;
  /** For readers that resume. OpenAI's own clients never do, and OpenAI sends none. */
  withIds?: boolean;
}

/**
 * Writes a run as the chunks of one assistant message (OpenAI's `chat.completion.chunk`). What has no place in one is left out: the
 * borders of parts and steps, the calls that the server runs, warnings.
 */
export class OpenAiEncoder implements DialectEncoder {
  #head = '';
  #begun = false;
  /** What was written of each kind of text: how much, and by which step the last of it. */
  readonly #said = new Map<Kind, { step: string; length: number }>();
  readonly #calls = new Map<string, { index: number; length: number }>();
  #logprobs: Answer['logprobs'] = { content: [], refusal: [] };
  #usage: UsageCounts | undefined;

  constructor(private readonly options: OpenAiStreamOptions) {}

  encode(item: RunEvent | RunSnapshot): Frame[] {
    const frames: Frame[] = this.#chunks(item).map((data) => ({ data }));
    const last = frames.findLast(({ data }) => data !== '[DONE]');
    if (last && this.options.withIds) last.id = formatPosition(positionOf(item));
    return frames;
  }

  #chunks(item: RunEvent | RunSnapshot): string[] {
    switch (item.type) {
      case 'run.created':
        this.#name(item.run_id, item.model);
        return [];
      case 'message.started':
        return this.#begin();
      case 'text.delta':
        return this.#say('text', item.step_id, item.delta);
      case 'reasoning.delta':
        return this.#say('reasoning', item.step_id, item.delta);
      case 'refusal.delta':
        return this.#say('refusal', item.step_id, item.delta);
      case 'text.logprobs': {
        this.#logprobs.content.push(...(item.content ?? []));
        this.#logprobs.refusal.push(...(item.refusal ?? []));
        return [];
      }
      case 'tool_call.started':
        return item.executor === 'client' ? this.#call(item.tool_call_id, item.name) : [];
      case 'tool_call.args.delta':
        return this.#arguments(item.tool_call_id, item.delta);
      case 'usage':
        if (item.scope === 'run') this.#usage = item;
        return [];
      case 'run.snapshot':
        return this.#catchUp(item);
      case 'run.completed':
        return this.#finish(openAiFinishReason(item.finish_reason));
      case 'run.cancelled':
        return this.#finish('stop');
      case 'run.failed':
      case 'run.interrupted':
        return [JSON.stringify({ error: toOpenAiError(item) })];
      default:
        return [];
    }
  }

  #name(runId: string, model: string): void {
    const created = ulidSeconds(runId);
    this.#head = `{"id":"chatcmpl-${runId}","object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},"choices":`;
  }

  /** The role comes once, before anything else. */
  #begin(): string[] {
    if (this.#begun) return [];
    this.#begun = true;
    return [this.#chunk('{"role":"assistant","content":""}')];
  }

  #say(kind: Kind, step: string, delta: string): string[] {
    if (delta === '') return [];
    const begin = this.#begin();
    const said = this.#said.get(kind) ?? { step, length: 0 };
    const text = said.length > 0 && said.step !== step ? BETWEEN_STEPS + delta : delta;
    this.#said.set(kind, { step, length: said.length + text.length });
    const logprobs = kind === 'reasoning' ? 'null' : this.#takeLogprobs();
    return [...begin, this.#chunk(`{"${FIELDS[kind]}":${JSON.stringify(text)}}`, logprobs)];
  }

  #call(id: string, name: string): string[] {
    const begin = this.#begin();
    const index = this.#calls.size;
    this.#calls.set(id, { index, length: 0 });
    const call = { index, id, type: 'function', function: { name, arguments: '' } };
    return [...begin, this.#chunk(JSON.stringify({ tool_calls: [call] }))];
  }

  #arguments(id: string, delta: string): string[] {
    const call = this.#calls.get(id);
    if (!call || delta === '') return [];
    call.length += delta.length;
    const fragment = { index: call.index, function: { arguments: delta } };
    return [this.#chunk(JSON.stringify({ tool_calls: [fragment] }))];
  }

  #finish(reason: FinishReason): string[] {
    const chunks = [...this.#begin(), this.#chunk('{}', this.#takeLogprobs(), `"${reason}"`)];
    if (this.options.includeUsage && this.#usage)
      chunks.push(`${this.#head}[],"usage":${JSON.stringify(toOpenAiUsage(this.#usage))}}`);
    return [...chunks, '[DONE]'];
  }

  /** A snapshot holds the run from its beginning: what of it was not written yet is written now. */
  #catchUp({ run_id, state }: RunSnapshot): string[] {
    if (this.#head === '') this.#name(run_id, state.model);
    const answer = answerOf(state);
    this.#usage = state.usage;
    if (this.#said.size === 0) this.#logprobs = answer.logprobs;
    const chunks: string[] = [];
    if (state.steps.some((step) => step.message_id !== undefined)) chunks.push(...this.#begin());
    for (const kind of ['reasoning', 'text', 'refusal'] as const) {
      const { text, step } = answer[kind];
      const written = this.#said.get(kind)?.length ?? 0;
      this.#said.set(kind, { step, length: written });
      chunks.push(...this.#say(kind, step, text.slice(written)));
    }
    for (const { tool_call_id, name, args } of answer.calls) {
      if (!this.#calls.has(tool_call_id)) chunks.push(...this.#call(tool_call_id, name));
      chunks.push(...this.#arguments(tool_call_id, args.slice(this.#calls.get(tool_call_id)!.length)));
    }
    return chunks;
  }

  #takeLogprobs(): string {
    const logprobs = openAiLogprobs(this.#logprobs);
    if (!logprobs) return 'null';
    this.#logprobs = { content: [], refusal: [] };
    return JSON.stringify(logprobs);
  }

  #chunk(delta: string, logprobs = 'null', finishReason = 'null'): string {
    const usage = this.options.includeUsage ? ',"usage":null' : '';
    return `${this.#head}[{"index":0,"delta":${delta},"logprobs":${logprobs},"finish_reason":${finishReason}}]${usage}}`;
  }
}
