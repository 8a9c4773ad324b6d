import { randomUUID } from 'node:crypto';
import { concat, from, mergeMap, Observable, of } from 'rxjs';
import type { EventOf, RunEventBody } from '../../protocol/run-event.js';
import { unknownToolText } from '../../tools/tool-texts.js';
import type { Tool, ToolBox, ToolOutcome } from '../../tools/tool.js';
import type { StepToolCall } from './step-events.js';

export interface ToolRun {
  stepId: string;
  calls: readonly StepToolCall[];
  tools: ReadonlyMap<string, Tool>;
  toolBox: ToolBox;
  /** How many calls work at once. */
  concurrency: number;
  signal: AbortSignal;
}

type ToolResult = Omit<EventOf<'tool_result'>, 'v' | 'run_id' | 'epoch' | 'seq' | 'ts'>;

/**
 * Runs the tool calls of a step: every call is announced as ready or invalid, then up to `concurrency` of them work at once, and
 * each result is emitted as it arrives. A tool that fails is a result, not an error; only an abort ends this with one.
 */
export function runTools(run: ToolRun): Observable<readonly RunEventBody[]> {
  const prepared = run.calls.map((call) => prepare(run, call));
  return concat(
    of(prepared.map(({ announcement }) => announcement)),
    from(prepared).pipe(mergeMap(({ start }) => start(), run.concurrency)),
  );
}

interface PreparedCall {
  announcement: RunEventBody;
  start: () => Observable<readonly RunEventBody[]>;
}

function prepare(run: ToolRun, call: StepToolCall): PreparedCall {
  const { stepId: step_id, tools, toolBox } = run;
  const { tool_call_id } = call;
  const refuse = (reason: string): PreparedCall => ({
    announcement: { type: 'tool_call.invalid', step_id, tool_call_id, reason },
    start: () => of([result(run, call, { status: 'error', content: reason, cut: false }, 0)]),
  });

  const tool = tools.get(call.name);
  if (!tool) return refuse(unknownToolText(call.name));
  const parsed = toolBox.parse(tool, call.args);
  if (!parsed.ok) return refuse(parsed.reason);
  return {
    announcement: { type: 'tool_call.ready', step_id, tool_call_id, input: parsed.input as never },
    start: () => callTool(run, call, tool, parsed.input),
  };
}

function callTool(
  run: ToolRun,
  call: StepToolCall,
  tool: Tool,
  input: Record<string, unknown>,
): Observable<readonly RunEventBody[]> {
  return new Observable<readonly RunEventBody[]>((subscriber) => {
    if (run.signal.aborted) return subscriber.error(run.signal.reason);
    const started = performance.now();
    const onProgress = (progress: { progress: number; total?: number; message?: string }) =>
      subscriber.next([
        { type: 'tool.progress', step_id: run.stepId, tool_call_id: call.tool_call_id, ...progress },
      ]);
    const emit = (events: readonly RunEventBody[]) => subscriber.next(events);
    run.toolBox
      .call(tool, input, {
        toolCallId: call.tool_call_id,
        signal: run.signal,
        onProgress,
        emit,
      })
      .then(
        (outcome) => {
          const events: RunEventBody[] = [
            result(run, call, outcome, Math.round(performance.now() - started)),
          ];
          if (outcome.cut)
            events.push({
              type: 'warning',
              code: 'tool_output_cut',
              message: `The result of ${tool.tool} was longer than the limit and was cut.`,
            });
          subscriber.next(events);
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
  });
}

function result(run: ToolRun, call: StepToolCall, outcome: ToolOutcome, duration_ms: number): ToolResult {
  return {
    type: 'tool_result',
    step_id: run.stepId,
    tool_call_id: call.tool_call_id,
    result_message_id: `msg_${randomUUID()}`,
    status: outcome.status,
    content: outcome.content,
    output: outcome.output as never,
    duration_ms,
  };
}

/** The results of a step's calls, as the next step's messages. */
export function toolMessages(
  calls: readonly StepToolCall[],
  results: ReadonlyMap<string, Pick<ToolResult, 'content'>>,
) {
  return calls.map(({ tool_call_id }) => ({
    role: 'tool' as const,
    tool_call_id,
    content: results.get(tool_call_id)?.content ?? '',
  }));
}
