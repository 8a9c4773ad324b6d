import { concat, defer, EMPTY, map, Observable, of, tap } from 'rxjs';
import { messageText } from '../../model/message-text.js';
import type { ModelClient, ModelMessage, ModelParameters, ModelTool } from '../../model/model-client.js';
import type { RunEventBody } from '../../protocol/run-event.js';
import { estimateTokens } from '../../run/run-usage.js';
import type { RunContext } from '../../run/run-program.js';
import type { ToolBox, ToolSet } from '../../tools/tool.js';
import { handOver } from './hand-over.js';
import { runTools, toolMessages } from './run-tools.js';
import { StepEvents } from './step-events.js';

/** One turn of the loop: what is sent to the model next. */
export interface Step {
  index: number;
  messages: readonly ModelMessage[];
}

type Events = readonly RunEventBody[];

export interface StepDependencies {
  model: string;
  modelClient: ModelClient;
  toolBox: ToolBox;
  toolSet: ToolSet;
  /** Tools that the client calls itself: a step that calls one ends the turn. */
  clientTools: readonly ModelTool[];
  parameters: ModelParameters | undefined;
  toolConcurrency: number;
  maxIterations: number;
  /** Tool call ids used in this run. */
  takenIds: Set<string>;
  context: RunContext;
}

/**
 * The events of one step: a model call, then the tools it asks for. `follow` is called at its end with the step that carries their
 * results. Without tool calls, or with calls of the client's tools, nothing follows; at the limit a warning does.
 */
export function runStep(
  { index, messages }: Step,
  dependencies: StepDependencies,
  follow: (next: Step) => void,
): Observable<Events> {
  return defer(() => {
    const { context, toolSet, clientTools, parameters, takenIds, model } = dependencies;
    const step = new StepEvents({
      index,
      model,
      tools: toolSet.tools,
      clientHasTools: clientTools.length > 0,
      logprobs: parameters?.['logprobs'] === true,
      takenIds,
    });
    context.estimateInput(step.stepId, estimateTokens(messages.map(messageText).join('')));
    return concat(
      of([step.started()]),
      askModel({ index, messages }, step, dependencies),
      defer((): Observable<Events> => {
        if (step.calls.length === 0) return EMPTY;
        if (step.calls.some((call) => call.executor === 'client'))
          return of(handOver(step.stepId, step.calls));
        return useTools({ index, messages }, step, dependencies, follow);
      }),
    );
  });
}

function askModel(
  { index, messages }: Step,
  step: StepEvents,
  dependencies: StepDependencies,
): Observable<Events> {
  const { modelClient, model, toolSet, clientTools, context } = dependencies;
  const tools = [...[...toolSet.tools.values()].map((tool) => tool.definition), ...clientTools];
  const parameters = index === 0 ? dependencies.parameters : afterTools(dependencies.parameters);
  return modelClient
    .stream({ model, messages, tools, ...(parameters && { parameters }) }, context.signal)
    .pipe(map((deltas) => step.events(deltas)));
}

/** A choice that forces a call is for the first step: in every step it would never let the model answer. */
function afterTools(parameters: ModelParameters | undefined): ModelParameters | undefined {
  if (parameters?.['tool_choice'] === 'none') return parameters;
  return (
    parameters && Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'tool_choice'))
  );
}

function useTools(
  { index, messages }: Step,
  step: StepEvents,
  dependencies: StepDependencies,
  follow: (next: Step) => void,
): Observable<Events> {
  const { toolBox, toolSet, toolConcurrency, maxIterations, context } = dependencies;
  const { calls, assistant, stepId } = step;
  const results = new Map<string, string>();
  let isLast = false;
  const tools = runTools({
    stepId,
    calls,
    tools: toolSet.tools,
    toolBox,
    concurrency: toolConcurrency,
    signal: context.signal,
  });
  const endsTurn = (id: string) =>
    calls.some(({ tool_call_id, name }) => tool_call_id === id && toolSet.tools.get(name)?.endsTurn);
  return concat(
    tools.pipe(
      tap((events) => {
        for (const event of events) {
          if (event.type !== 'tool_result' || event.step_id !== stepId) continue;
          results.set(event.tool_call_id, event.content);
          isLast ||= event.status === 'ok' && endsTurn(event.tool_call_id);
        }
      }),
    ),
    defer((): Observable<Events> => {
      if (isLast) return EMPTY;
      if (index + 1 >= maxIterations) return of([limitReached(maxIterations)]);
      follow({ index: index + 1, messages: [...messages, assistant, ...toolMessages(calls, results)] });
      return EMPTY;
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
