import { concat, defer, map, Observable, of, tap } from 'rxjs';
import type { ModelClient, ModelMessage } from '../../model/model-client.js';
import type { RunEventBody } from '../../protocol/run-event.js';
import { estimateTokens } from '../../run/run-usage.js';
import type { RunContext } from '../../run/run-program.js';
import type { ToolBox, ToolSet } from '../../tools/tool.js';
import { runTools, toolMessages } from './run-tools.js';
import { StepEvents } from './step-events.js';

/** One turn of the loop: what is sent to the model next. */
export interface Step {
  index: number;
  messages: readonly ModelMessage[];
}

/** What the loop passes on: events for the run, or the step that follows. */
export type LoopItem = { events: readonly RunEventBody[]; next?: undefined } | { next: Step };

export interface StepDependencies {
  model: string;
  modelClient: ModelClient;
  toolBox: ToolBox;
  toolSet: ToolSet;
  toolConcurrency: number;
  maxIterations: number;
  /** Tool call ids used in this run. */
  takenIds: Set<string>;
  context: RunContext;
}

/**
 * One step: a model call, then the tools it asks for, then the step that carries their results. Without tool calls nothing
 * follows; at the limit a warning does.
 */
export function runStep({ index, messages }: Step, dependencies: StepDependencies): Observable<LoopItem> {
  return defer(() => {
    const { context, toolSet, takenIds, model } = dependencies;
    const step = new StepEvents({ index, model, tools: toolSet.tools, takenIds });
    context.estimateInput(step.stepId, estimateTokens(messages.map((message) => message.content).join('')));
    return concat(
      of({ events: [step.started()] }),
      askModel(messages, step, dependencies),
      defer(() => (step.calls.length === 0 ? of() : useTools({ index, messages }, step, dependencies))),
    );
  });
}

function askModel(
  messages: readonly ModelMessage[],
  step: StepEvents,
  dependencies: StepDependencies,
): Observable<LoopItem> {
  const { modelClient, model, toolSet, context } = dependencies;
  const tools = [...toolSet.tools.values()].map((tool) => tool.definition);
  return modelClient
    .stream({ model, messages, tools }, context.signal)
    .pipe(map((deltas) => ({ events: step.events(deltas) })));
}

function useTools(
  { index, messages }: Step,
  step: StepEvents,
  dependencies: StepDependencies,
): Observable<LoopItem> {
  const { toolBox, toolSet, toolConcurrency, maxIterations, context } = dependencies;
  const { calls, assistant, stepId } = step;
  const results = new Map<string, string>();
  const tools = runTools({
    stepId,
    calls,
    tools: toolSet.tools,
    toolBox,
    concurrency: toolConcurrency,
    signal: context.signal,
  });
  return concat(
    tools.pipe(
      tap((events) => {
        for (const event of events)
          if (event.type === 'tool_result') results.set(event.tool_call_id, event.content);
      }),
      map((events) => ({ events })),
    ),
    defer((): Observable<LoopItem> => {
      if (index + 1 >= maxIterations) return of({ events: [limitReached(maxIterations)] });
      return of({
        next: { index: index + 1, messages: [...messages, assistant, ...toolMessages(calls, results)] },
      });
    }),
  );
}

function limitReached(maxIterations: number): RunEventBody {
  return {
    type: 'warning',
    code: 'max_iterations',
    message: `The answer ends here: the tool loop reached its limit of ${maxIterations} model calls.`,
  };
}
