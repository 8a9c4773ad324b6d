import { lastValueFrom, tap } from 'rxjs';
import { ChatService } from '../../chat/chat.service.js';
import { TestContext } from '../../chat/testing/run-context.js';
import type { Config } from '../../config/config.js';
import type { ConversationStore } from '../../conversation/conversation.store.js';
import type { ModelRequest } from '../../model/model-client.js';
import { ScriptedModel, type ScriptedAnswer } from '../../model/testing/scripted-model.js';
import type { GraphConfig } from '../../protocol/graph.js';
import type { RunEventBody } from '../../protocol/run-event.js';
import type { ToolBox } from '../../tools/tool.js';
import { GraphPlan } from '../plan/graph-plan.js';
import { GraphExecution } from '../run/graph-execution.js';
import { GraphProgress, type ProgressBasis } from '../run/graph-progress.js';
import type { NodeRun } from '../run/node-run.js';

export interface Played {
  events: RunEventBody[];
  /** What was stored, in that order. */
  stored: NodeRun[];
  /** The end of each node: how many had ended before it. */
  endedAs: number[];
  model: ScriptedModel;
  context: TestContext;
  error: unknown;
}

export interface Play {
  graphs?: ReadonlyMap<string, GraphConfig>;
  basis?: Partial<ProgressBasis>;
  concurrency?: number;
  servers?: ToolBox;
  context?: TestContext;
  /** What storing a node does before it is stored. */
  keep?: (node: NodeRun) => Promise<void>;
  answer: (request: ModelRequest) => ScriptedAnswer;
}

/** Runs a graph with a model in this process, through the real execution and the real chat turn. Never rejects. */
export async function playGraph(graph: GraphConfig, play: Play): Promise<Played> {
  const { graphs = new Map(), basis, concurrency = 8, servers, context = new TestContext() } = play;
  const model = new ScriptedModel(play.answer);
  const chat = new ChatService(
    model,
    servers as ToolBox,
    {} as ConversationStore,
    { TOOL_CONCURRENCY: 8, CHAT_MAX_ITERATIONS: 10 } as Config,
  );
  const played: Played = { events: [], stored: [], endedAs: [], model, context, error: undefined };
  const store = {
    keepNode: async (_runId: string, _epoch: number, node: NodeRun, endedAs: number) => {
      await play.keep?.(node);
      played.stored.push(node);
      played.endedAs.push(endedAs);
      return true;
    },
  };
  const progress = new GraphProgress(GraphPlan.of(graph, graphs), {
    input: 'the question',
    globals: [],
    nodes: [],
    ...basis,
  });
  const work = new GraphExecution({ chat, store, concurrency }, progress, context).events();
  try {
    await lastValueFrom(
      work.pipe(
        context.sees,
        tap((batch) => played.events.push(...batch)),
      ),
      { defaultValue: [] },
    );
  } catch (error) {
    played.error = error;
  }
  return played;
}

/** `+a` and `-a` for the beginnings and ends of nodes, in order; an end that is not well says how. */
export function nodeOrder(events: readonly RunEventBody[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'node.started') return [`+${event.node_name}`];
    if (event.type !== 'node.ended') return [];
    return [`-${event.node_name}${event.status === 'ok' ? '' : ` ${event.status}`}`];
  });
}

/** What a request's user message says. */
export function askedOf({ messages }: ModelRequest): string {
  const last = messages.findLast(({ role }) => role === 'user');
  return typeof last?.content === 'string' ? last.content : '';
}

/** What a request's system message says. */
export function systemOf({ messages }: ModelRequest): string {
  const first = messages.find(({ role }) => role === 'system');
  return typeof first?.content === 'string' ? first.content : '';
}

/** How many tool results have come since the user spoke: the step of the turn. */
export function stepOf({ messages }: ModelRequest): number {
  return messages.filter(({ role }) => role === 'assistant').length;
}
