import { finishReasons, toolStatuses } from './event-fields.js';
import { ForeignRun } from './foreign-run.js';
import { fromOpenAiUsage } from './openai-usage.js';
import type { EventOf, RunEvent, ToolStatus } from './run-event.js';
import type { Check } from './shape.js';
import { count, id, isRecord, listOf, text } from './shape.js';

type Fields = Readonly<Record<string, unknown>>;
type Failure = Pick<EventOf<'run.failed'>, 'code' | 'error_type' | 'message' | 'retryable'>;

/**
 * Reads the frames of an original MAG server as the events of a run. They are recognised by key, in the order that its own front
 * end uses; null counts as absent, and keys and frames that are not known are passed over.
 *
 * An error frame ends nothing by itself: the server goes on with the next node after one. The run then fails at its end.
 */
export class ForeignDecoder {
  readonly #run: ForeignRun;
  #failure: Failure | undefined;
  #result: { final_result?: string; execution_chain?: string[][] } | undefined;
  #conversation: string | undefined;
  #ended = false;

  constructor(runId: string, now: () => number) {
    this.#run = new ForeignRun(runId, now);
  }

  read(frame: Fields): readonly RunEvent[] {
    if (this.#ended) return [];
    if (isPresent(frame['error'])) this.#error(frame['error'], frame);
    else if (isRecord(frame['completion'])) this.#completion(frame['completion']);
    else if (isRecord(frame['incomplete'])) this.#incomplete(frame['incomplete']);
    else if (typeof frame['type'] === 'string') this.#typed(frame['type'], frame);
    else if (Array.isArray(frame['choices'])) this.#chunk(frame, frame['choices']);
    else if (frame['role'] === 'tool') this.#toolResult(frame);
    return this.#run.take();
  }

  /** `[DONE]`: closes what is open and ends the run. */
  done(): readonly RunEvent[] {
    if (this.#ended || !this.#run.begun) return [];
    this.#ended = true;
    this.#run.end(
      this.#failure ? { type: 'failed', ...this.#failure } : { type: 'completed', ...this.#result },
    );
    return this.#run.take();
  }

  /** The stream ended. Without `[DONE]`, and before the run said that it had failed or was complete, it was cut. */
  cut(): readonly RunEvent[] {
    if (this.#ended || !this.#run.begun || this.#failure || this.#result) return this.done();
    this.#ended = true;
    this.#run.end({
      type: 'interrupted',
      code: 'run_interrupted',
      error_type: 'api_error',
      message: 'The stream ended before the answer did. What had arrived is kept.',
      retryable: true,
    });
    return this.#run.take();
  }

  #error(error: unknown, frame: Fields): void {
    this.#run.begin('chat', '');
    const details = isRecord(error) ? error : { message: error };
    const error_type = orElse(id, details['type'], 'api_error');
    const failure: Failure = {
      code: orElse(id, frame['code'], error_type),
      error_type,
      message: orElse(text, details['message'], ''),
      retryable: frame['retryable'] === true,
    };
    this.#failure ??= failure;
    if (!this.#run.inNode) return;
    this.#run.warn(failure.code, failure.message);
    this.#run.endNode('error');
  }

  #completion(completion: Fields): void {
    this.#run.begin('agent', '');
    const message = orElse(text, completion['message'], '');
    if (id(completion['graph_name'])) this.#run.designCompleted(completion['graph_name'], message);
    else this.#result = { final_result: message };
  }

  #incomplete(incomplete: Fields): void {
    this.#run.begin('agent', '');
    const missing = orElse(listOf(text), incomplete['missing_fields'], []);
    this.#run.designIncomplete(missing, orElse(text, incomplete['message'], ''));
  }

  #typed(type: string, frame: Fields): void {
    const name = orElse(text, frame['node_name'], '');
    switch (type) {
      case 'conversation_created':
        if (!id(frame['conversation_id'])) return;
        this.#run.begin('graph', '');
        this.#conversation = frame['conversation_id'];
        this.#run.conversationCreated(this.#conversation);
        break;
      case 'node_start':
        this.#run.begin('graph', '');
        this.#run.startNode(name, orElse(count, frame['level'], 0));
        break;
      case 'node_end':
        this.#run.endNode('ok', name);
        break;
      case 'graph_complete':
        this.#run.begin('graph', '');
        this.#result = {
          final_result: orElse(text, frame['final_result'], ''),
          execution_chain: orElse(listOf(listOf(text)), frame['execution_chain'], []),
        };
        break;
      case 'title_update': {
        const conversation = id(frame['conversation_id']) ? frame['conversation_id'] : this.#conversation;
        if (conversation === undefined || !text(frame['title'])) return;
        this.#run.begin('chat', '');
        this.#run.conversationTitled(conversation, frame['title'], orElse(listOf(text), frame['tags'], []));
      }
    }
  }

  #chunk(frame: Fields, choices: readonly unknown[]): void {
    this.#run.begin('chat', orElse(text, frame['model'], ''));
    const choice = choices.find((one) => isRecord(one) && (one['index'] ?? 0) === 0);
    if (isRecord(choice) && isRecord(choice['delta'])) this.#delta(choice['delta']);
    const counts = fromOpenAiUsage(frame['usage']);
    if (counts) this.#run.usage(counts);
    if (!isRecord(choice) || typeof choice['finish_reason'] !== 'string') return;
    const reason = choice['finish_reason'];
    this.#run.finish(finishReasons(reason) ? reason : 'stop');
  }

  #delta(delta: Fields): void {
    const reasoning = isText(delta['reasoning_content']) ? delta['reasoning_content'] : delta['reasoning'];
    if (isText(reasoning)) this.#run.reasoning(reasoning);
    if (isText(delta['content'])) this.#run.text(delta['content']);
    if (isText(delta['refusal'])) this.#run.refusal(delta['refusal']);
    const calls = delta['tool_calls'];
    if (Array.isArray(calls) && calls.length > 0) this.#run.toolCalls(calls);
  }

  #toolResult(frame: Fields): void {
    const content = orElse(text, frame['content'], '');
    this.#run.begin('chat', '');
    this.#run.toolResult(
      orElse(id, frame['tool_call_id'], 'unknown'),
      content,
      orElse(toolStatuses, frame['status'], statusOf(content)),
    );
  }
}

/** The texts in which the server itself says that a call failed; its tool messages have no status (contract/seed.md §2.4, §2.5). */
const FAILED_CALL =
  /^(?:工具调用解析失败：|找不到工具 '[^']*' 所属的服务器$|工具执行异常: |工具 \S+ 执行失败：)/;

function statusOf(content: string): ToolStatus {
  return FAILED_CALL.test(content) ? 'error' : 'ok';
}

/** The seed's front end takes any truthy `error` for one. */
function isPresent(value: unknown): boolean {
  return Boolean(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function orElse<T>(check: Check<T>, value: unknown, fallback: T): T {
  return check(value) ? value : fallback;
}
