import { z } from 'zod';
import { GRAPH_COMPLETE, SNAPSHOT, typedFrames, type TypedEventType } from '../../protocol/native-frame.js';
import { runEvent, usageCounts, type RunEventType } from '../../protocol/run-event.js';
import type { SnapshotReason } from '../../protocol/run-snapshot.js';
import { runState } from './run-state-schema.js';

/**
 * The data of every native frame (docs/protocol.md), made from the event schemas: what the seed's shapes have a place for is placed
 * there, all other fields stand at the top level under their own names.
 */

const any = z.unknown();

/** The fields of an event besides its envelope, which the frame's id carries. */
export function fieldsOf(type: RunEventType): z.ZodRawShape {
  const option = runEvent.options.find((one) => one.shape.type.value === type);
  if (!option) throw new Error(`There is no event ${type}`);
  const { v: _v, run_id: _run, epoch: _epoch, seq: _seq, type: _type, ...fields } = option.shape;
  return fields;
}

function without(fields: z.ZodRawShape, placed: readonly string[]): z.ZodRawShape {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !placed.includes(name)));
}

/** Any JSON is any value here, because a recursive schema would say no more. */
const loose: Partial<Record<RunEventType, z.ZodRawShape>> = {
  'tool_call.ready': { input: any },
  tool_result: { output: any.optional() },
  usage: { scope: z.literal('step') },
};

/** A typed frame never has a `role`, because the seed's front end takes that for a tool's. */
function typedFrame(type: TypedEventType): z.ZodObject {
  const fields = without(fieldsOf(type), ['role']);
  return z.object({ type: z.literal(typedFrames[type]), ...fields, ...loose[type] });
}

const chunkHead = {
  id: z.string().describe('The step, or the run in the chunk of its usage.'),
  object: z.literal('chat.completion.chunk'),
  created: z.int().describe('Unix seconds, the same in the whole run.'),
  model: z.string(),
};

function chunk(
  type: RunEventType,
  placed: string[],
  delta: z.ZodObject,
  finish: z.ZodType = z.null(),
): z.ZodObject {
  const choice = z.object({ index: z.literal(0), delta, finish_reason: finish });
  return z.object({
    ...chunkHead,
    choices: z.array(choice).length(1),
    ...without(fieldsOf(type), ['step_id', 'delta', ...placed]),
  });
}

const fragment = z.object({ index: z.int(), function: z.object({ arguments: z.string() }) });
const callStart = z.object({
  index: z.int(),
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.literal('') }),
});
const openAiUsage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.looseObject({}).optional(),
  completion_tokens_details: z.looseObject({}).optional(),
});

const chunks = {
  TextDelta: chunk('text.delta', [], z.object({ content: z.string() })).describe('Text of the answer.'),
  ReasoningDelta: chunk('reasoning.delta', [], z.object({ reasoning_content: z.string() })).describe(
    'Text of the reasoning.',
  ),
  RefusalDelta: chunk('refusal.delta', [], z.object({ refusal: z.string() })).describe('Text of a refusal.'),
  ToolCallStart: chunk(
    'tool_call.started',
    ['tool_call_id', 'name', 'index'],
    z.object({ tool_calls: z.array(callStart).length(1) }),
  ).describe('The model begins to call a tool.'),
  ToolCallArguments: chunk(
    'tool_call.args.delta',
    ['index'],
    z.object({ tool_calls: z.array(fragment).length(1) }),
  ).describe('A piece of the arguments of a call.'),
  StepFinished: chunk(
    'step.finished',
    ['finish_reason'],
    // Closed, so that generated types know what a delta has when it has content.
    z.strictObject({}),
    z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']),
  ).describe('The model call is done.'),
  RunUsage: z
    .object({
      ...chunkHead,
      choices: z.array(any).length(0),
      usage: openAiUsage,
      ...without(fieldsOf('usage'), ['scope', 'model', ...Object.keys(usageCounts.shape)]),
      estimated: z.boolean().optional(),
    })
    .describe('The tokens of the whole run, in the fields of OpenAI.'),
};

const failure = (type: 'run.failed' | 'run.interrupted') =>
  z.object({
    error: z.object({ message: z.string(), type: z.string() }),
    event: z.literal(type),
    ...without(fieldsOf(type), ['message', 'error_type']),
  });

const others = {
  ToolResult: z
    .object({ role: z.literal('tool'), ...fieldsOf('tool_result'), ...loose.tool_result })
    .describe('What a tool answered.'),
  RunFailed: failure('run.failed').describe('Terminal: the run failed; `code` is one of /errors.'),
  RunInterrupted: failure('run.interrupted').describe(
    'Terminal: the server stopped; what had arrived is kept.',
  ),
  Completion: z
    .object({
      completion: z.object({ graph_name: z.string(), message: z.string() }),
      ...without(fieldsOf('design.completed'), ['graph_name', 'message']),
    })
    .describe('The graph that was designed is stored.'),
  Incomplete: z
    .object({
      incomplete: z.object({ message: z.string(), missing_fields: z.array(z.string()) }),
      ...without(fieldsOf('design.incomplete'), ['message', 'missing_fields']),
    })
    .describe('The graph that was designed could not be stored; `reason` says why.'),
  GraphComplete: z
    .object({
      type: z.literal(GRAPH_COMPLETE),
      ...fieldsOf('run.completed'),
      final_result: z.string(),
      execution_chain: z.array(z.array(z.string())),
    })
    .describe('Terminal: a graph completed.'),
  RunSnapshot: z
    .object({
      type: z.literal(SNAPSHOT),
      through_seq: z.int().nonnegative(),
      reason: z.enum(['unknown', 'trimmed', 'lost', 'ahead'] satisfies SnapshotReason[]),
      state: runState,
    })
    .describe(
      'The run so far, for a reader whose cursor cannot be served. It replaces what the reader has of this run.',
    ),
};

/** The event that each shape without an event type of its own writes. */
const eventOfShape = {
  TextDelta: 'text.delta',
  ReasoningDelta: 'reasoning.delta',
  RefusalDelta: 'refusal.delta',
  ToolCallStart: 'tool_call.started',
  ToolCallArguments: 'tool_call.args.delta',
  StepFinished: 'step.finished',
  RunUsage: 'usage',
  ToolResult: 'tool_result',
  RunFailed: 'run.failed',
  RunInterrupted: 'run.interrupted',
  Completion: 'design.completed',
  Incomplete: 'design.incomplete',
  GraphComplete: 'run.completed',
  RunSnapshot: 'run.snapshot',
} as const satisfies Record<keyof typeof chunks | keyof typeof others, RunEventType | 'run.snapshot'>;
type ShapeName = keyof typeof eventOfShape;

const typedEvents = Object.keys(typedFrames) as TypedEventType[];
const typed = Object.fromEntries(
  typedEvents.map((type) => [
    pascalCase(typedFrames[type]),
    typedFrame(type).describe(`The event \`${type}\`.`),
  ]),
);

/** Every frame by the name of its component. */
export const frames: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries({ ...chunks, ...others, ...typed }).map(([name, schema]) => [`${name}Frame`, schema]),
);

/** The frames that each event may be written as: two where one of them is a shape of the seed. */
export const framesOfEvents: Readonly<Record<string, readonly z.ZodType[]>> = Object.fromEntries(
  [...runEvent.options.map(({ shape }) => shape.type.value), 'run.snapshot' as const].map((event) => [
    event,
    [
      ...typedEvents.filter((type) => type === event).map((type) => typed[pascalCase(typedFrames[type])]!),
      ...(Object.keys(eventOfShape) as ShapeName[])
        .filter((name) => eventOfShape[name] === event)
        .map((name) => ({ ...chunks, ...others })[name]),
    ],
  ]),
);

function pascalCase(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
