import { ToolCallIds } from '../../chat/operators/tool-call-ids.js';
import {
  concat,
  defer,
  EMPTY,
  expand,
  from,
  map,
  mergeMap,
  type Observable,
  of,
  tap,
  throwError,
} from 'rxjs';
import type { ChatService } from '../../chat/chat.service.js';
import { inNode, type NodeOutcome } from '../../chat/operators/in-node.js';
import { START } from '../../protocol/graph.js';
import type { RunEventBody } from '../../protocol/run-event.js';
import { newUlid } from '../../run/new-ulid.js';
import type { RunContext } from '../../run/run-program.js';
import type { PlanNode } from '../plan/graph-plan.js';
import { nodePrompt } from '../plan/node-prompt.js';
import { isGlobal } from '../plan/scope.js';
import type { GraphProgress } from './graph-progress.js';
import type { GraphRunStore } from './graph-run.store.js';
import { HandoffTools } from './handoff-tools.js';
import { fileNameOf, outputOf } from './node-output.js';
import type { NodeRun } from './node-run.js';

/** What the execution passes on: events for the run, or a node that begins. */
type GraphItem = { events: readonly RunEventBody[]; node?: undefined } | { node: PlanNode };

export interface GraphExecutionParts {
  chat: Pick<ChatService, 'turn'>;
  store: Pick<GraphRunStore, 'keepNode'>;
  /** How many nodes work at once. */
  concurrency: number;
}

/**
 * Runs what is left of a graph. The loop is `expand` over nodes: a node that ends lets others begin.
 *
 *     node → its chat turn → events → its end is stored → the nodes that may begin now
 */
export class GraphExecution {
  /** Tool call ids of the run; providers count from one in each node. */
  readonly #callIds = new ToolCallIds();
  /** The ends of nodes are stored one after the other, so that each is stored before what it led to begins. */
  #kept: Promise<void> = Promise.resolve();
  #ended: number;

  constructor(
    private readonly parts: GraphExecutionParts,
    private readonly progress: GraphProgress,
    private readonly context: RunContext,
  ) {
    this.#ended = progress.ended;
  }

  /** The events of all nodes. Cold. A node that fails is its error, which unsubscribes the others. */
  events(): Observable<readonly RunEventBody[]> {
    const nodes = defer(() => from(this.#begin())).pipe(
      expand((item) => (item.node ? this.#run(item.node) : EMPTY)),
      mergeMap((item) => (item.node ? EMPTY : of(item.events))),
    );
    const end = defer(() => {
      this.context.complete(this.progress.result);
      return EMPTY;
    });
    return concat(nodes, end);
  }

  #begin(): GraphItem[] {
    return this.progress.begin(this.parts.concurrency).map((node) => ({ node }));
  }

  #run(node: PlanNode): Observable<GraphItem> {
    return concat(
      this.#turn(node).pipe(map((events): GraphItem => ({ events }))),
      defer(() => from(this.#begin())),
    );
  }

  #turn(node: PlanNode): Observable<readonly RunEventBody[]> {
    const { config, id, level } = node;
    const { progress, context } = this;
    const startedAfter = progress.ended;
    const handoffs = new HandoffTools(progress.scheduler.targetsOf(id));
    const { system, user } = nodePrompt(node, progress.outputs);
    const turn = {
      owner: context.owner,
      model: config.model_name ?? '',
      systemPrompt: system,
      messages: [{ role: 'user' as const, content: user }],
      mcpServers: config.mcp_servers,
      ownTools: handoffs.tools,
      callIds: this.#callIds,
      ...(config.max_iterations !== null && { maxIterations: config.max_iterations }),
    };
    let failure: NodeOutcome | undefined;
    let ended: NodeRun | undefined;
    const start = {
      name: id,
      level,
      attempt: progress.timesOf(id) + 1,
      timeoutSeconds: config.timeout_seconds,
    };
    const events = inNode(
      start,
      context,
      (inner) => this.parts.chat.turn(turn, inner),
      (outcome) => {
        if (outcome.status === 'error') failure = outcome;
        else return this.#keep((ended = nodeRunOf(node, startedAfter, outcome, handoffs)));
        return undefined;
      },
    ).pipe(
      tap((batch) => {
        // Its last events: whoever reads what it led to has read of its end.
        if (ended && batch.at(-1)?.type === 'node.ended') progress.end(ended);
      }),
    );
    return concat(
      events,
      defer(() => (failure ? throwError(() => failure?.error) : EMPTY)),
    );
  }

  #keep(node: NodeRun): Promise<void> {
    const { context } = this;
    this.#kept = this.#kept.then(() => {
      const endedAs = this.#ended++;
      return context.keep((epoch) => this.parts.store.keepNode(context.runId, epoch, node, endedAs));
    });
    return this.#kept;
  }
}

function nodeRunOf(
  node: PlanNode,
  startedAfter: number,
  outcome: NodeOutcome,
  { choice, tools }: HandoffTools,
): NodeRun {
  const { config, id } = node;
  const output = outputOf(config, outcome, new Set(tools.map(({ name }) => name)));
  const { nodeRunId } = outcome;
  const fileName = fileNameOf(config, nodeRunId);
  return {
    nodeRunId,
    nodeId: id,
    startedAfter,
    output,
    isGlobal: isGlobal(node),
    ...(choice && { choice }),
    ...(fileName !== null && { fileName }),
  };
}

/** The user's input as a node, which clients of the seed show it under. */
export function startNode(): RunEventBody[] {
  const node_run_id = `node_${newUlid()}`;
  return [
    { type: 'node.started', node_run_id, node_name: START, level: 0, attempt: 1 },
    { type: 'node.ended', node_run_id, node_name: START, status: 'ok', duration_ms: 0 },
  ];
}
