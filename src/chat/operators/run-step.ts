import { type Observable, of, tap } from 'rxjs';
import { messageText } from '../../model/message-text.js';
import type { ModelClient, ModelMessage, ModelParameters, ModelTool } from '../../model/model-client.js';
import type { EventOf, RunEventBody } from '../../protocol/run-event.js';
import { estimateTokens } from '../../run/run-usage.js';
import type { RunContext } from '../../run/run-program.js';
import type { ToolBox, ToolSet } from '../../tools/tool.js';
import { handOver } from './hand-over.js';
import { mapped } from './mapped.js';
import { runTools, toolMessages } from './run-tools.js';
import type { ToolCallIds } from './tool-call-ids.js';
import { StepEvents, type StepToolCall } from './step-events.js';

/** One turn of the loop: what is sent to the model next. */
export interface Step {
  index: number;
  messages: readonly ModelMessage[];
}

type Events = readonly RunEventBody[];
type ToolEnd = Pick<EventOf<'tool_result'>, 'status' | 'content'>;

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
  callIds: ToolCallIds;
  context: RunContext;
}

/**
 * The events of one step: a model call, then the tools it asks for. Returns the step that carries their results; nothing follows
 * an answer without tool calls, or with calls of the client's tools, or at the limit, of which a warning tells.
 */
export function* runStep(
  { index, messages }: Step,
  dependencies: StepDependencies,
): Generator<Observable<Events>, Step | undefined> {
  const { context, toolSet, clientTools, parameters, callIds, model, maxIterations } = dependencies;
  const step = new StepEvents({
    index,
    model,
    tools: toolSet.tools,
    clientHasTools: clientTools.length > 0,
    logprobs: parameters?.['logprobs'] === true,
    callIds,
  });
  context.estimateInput(step.stepId, estimateTokens(messages.map(messageText).join('')));
  yield of([step.started()]);
  yield askModel({ index, messages }, step, dependencies);
  if (step.calls.length === 0) return undefined;
  if (step.calls.some((call) => call.executor === 'client')) {
    yield of(handOver(step.stepId, step.calls));
    return undefined;
  }
  const results = new Map<string, ToolEnd>();
  yield useTools(step, dependencies, results);
  if (endsTurn(step.calls, toolSet, results)) return undefined;
  if (index + 1 >= maxIterations) {
    yield of([limitReached(maxIterations)]);
    return undefined;
  }
  return {
    index: index + 1,
    messages: [
      ...messages,
      { role: 'assistant', content: context.textOf(step.stepId), tool_calls: step.toolCalls },
      ...toolMessages(step.calls, results),
    ],
  };
}

function askModel(
  { index, messages }: Step,
  step: StepEvents,
  dependencies: StepDependencies,
): Observable<Events> {
  const { modelClient, model, toolSet, clientTools } = dependencies;
  const tools = [...[...toolSet.tools.values()].map((tool) => tool.definition), ...clientTools];
  const parameters = index === 0 ? dependencies.parameters : afterTools(dependencies.parameters);
  return modelClient
    .stream({ model, messages, tools, ...(parameters && { parameters }) })
    .pipe(mapped((deltas) => step.events(deltas)));
}

/** A choice that forces a call is for the first step: in every step it would never let the model answer. */
function afterTools(parameters: ModelParameters | undefined): ModelParameters | undefined {
  if (parameters?.['tool_choice'] === 'none') return parameters;
  return (
    parameters && Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'tool_choice'))
  );
}

/** Runs the calls of the step; `results` gets what each gave. */
function useTools(
  { calls, stepId }: StepEvents,
  { toolBox, toolSet, toolConcurrency, context }: StepDependencies,
  results: Map<string, ToolEnd>,
): Observable<Events> {
  const run = {
    stepId,
    calls,
    tools: toolSet.tools,
    toolBox,
    concurrency: toolConcurrency,
    signal: context.signal,
  };
  return runTools(run).pipe(
    tap((events) => {
      for (const event of events)
        if (event.type === 'tool_result' && event.step_id === stepId) results.set(event.tool_call_id, event);
    }),
  );
}

/** True when a tool has done what the turn was for. */
function endsTurn(
  calls: readonly StepToolCall[],
  { tools }: ToolSet,
  results: ReadonlyMap<string, ToolEnd>,
): boolean {
  return calls.some(
    ({ tool_call_id, name }) => tools.get(name)?.endsTurn && results.get(tool_call_id)?.status === 'ok',
  );
}

function limitReached(maxIterations: number): RunEventBody {
  return {
    type: 'warning',
    code: 'max_iterations',
    message: `The answer ends here: the tool loop reached its limit of ${maxIterations} model calls.`,
  };
}
