import { Inject, Injectable } from '@nestjs/common';
import { concat, defer, mergeMap, of, type Observable } from 'rxjs';
import type { Owner } from '../../auth/owner.js';
import { ChatService } from '../../chat/chat.service.js';
import { placeOfTurn } from '../../chat/place-of-turn.js';
import { CONFIG, type Config } from '../../config/config.js';
import { conversationNotFound } from '../../conversation/conversation-id.pipe.js';
import { ConversationStore } from '../../conversation/conversation.store.js';
import { TitleMaker } from '../../conversation/title/title-maker.js';
import { MillraceError } from '../../protocol/error-code.js';
import type { GraphConfig } from '../../protocol/graph.js';
import type { GraphExecuteRequest } from '../../protocol/requests.js';
import type { RunEventBody } from '../../protocol/run-event.js';
import { idempotencyOf } from '../../run/idempotency.js';
import { newUlid } from '../../run/new-ulid.js';
import type { RunContext, RunProgram } from '../../run/run-program.js';
import { GraphService, throwIfInvalid } from '../graph.service.js';
import { GraphPlan } from '../plan/graph-plan.js';
import { GraphExecution, startNode } from './graph-execution.js';
import { GraphProgress } from './graph-progress.js';
import { GraphRunStore, type GraphRunRequest } from './graph-run.store.js';

/** Turns requests into runs of graphs, and runs them. */
@Injectable()
export class GraphRunService {
  constructor(
    private readonly chat: ChatService,
    private readonly graphs: GraphService,
    private readonly store: GraphRunStore,
    private readonly conversations: ConversationStore,
    private readonly titles: TitleMaker,
    @Inject(CONFIG) private readonly config: Pick<Config, 'GRAPH_CONCURRENCY'>,
  ) {}

  /**
   * The run that a request asks for. Throws `graph_required`, `graph_not_found`, `invalid_graph`, `conversation_not_found` (there is
   * nothing to go on from) and, for the key, `invalid_parameter`.
   */
  async program(owner: Owner, request: GraphExecuteRequest, key: string | undefined): Promise<RunProgram> {
    const { stream: _, ...asked } = request;
    const idempotency = idempotencyOf(key, { route: '/api/graphs/execute', ...asked });
    const given = request.conversation_id || undefined;
    const exists = given !== undefined && (await this.conversations.find(owner, given)) !== undefined;
    const wanted = await this.#wanted(owner, request, exists ? given : undefined);
    const { input, graphName: name } = wanted;
    const conversationId = given ?? `graph_${newUlid()}`;
    return {
      mode: 'graph',
      model: name,
      errorType: 'execution_error',
      owner,
      ...placeOfTurn('graph', { ...request, conversation_id: conversationId }, input || name),
      messages: [{ role: 'user', content: input }],
      idempotency,
      store: (db, runId) => this.store.start(db, runId, wanted),
      execute: (context) => this.#execute(context),
      completed: () => void this.titles.onRunCompleted(owner, conversationId, titleModel(wanted.graphs)),
    };
  }

  /** `conversation` is the one that goes on. */
  async #wanted(
    owner: Owner,
    request: GraphExecuteRequest,
    conversation: string | undefined,
  ): Promise<GraphRunRequest> {
    const { continue_from_checkpoint: fromCheckpoint, conversation_id: given } = request;
    const input = request.input_text?.trim() ?? '';
    if (fromCheckpoint && conversation === undefined)
      throw given
        ? conversationNotFound(given)
        : new MillraceError('invalid_parameter', {
            detail: 'continue_from_checkpoint needs the conversation_id of the conversation that goes on.',
          });
    const resumes = conversation !== undefined && (fromCheckpoint || input === '');
    if (resumes && request.after_run_id === null)
      throw new MillraceError('invalid_parameter', {
        detail: 'after_run_id is null, so there is no turn to go on from. Leave it out, or send input_text.',
      });
    const last = conversation && (await this.store.lastGraph(owner, conversation, request.after_run_id));
    const name = (resumes && last) || request.graph_name || last;
    if (!name) throw new MillraceError('graph_required');
    return { graphName: name, input, graphs: resumes ? null : await this.#graphsOf(owner, name) };
  }

  /** A graph that can run, and those inside of it. */
  async #graphsOf(owner: Owner, name: string): Promise<GraphConfig[]> {
    const graphs = await this.graphs.findWhole(owner, name);
    throwIfInvalid(this.graphs.faultsAmong(graphs));
    const graph = graphs.get(name)!;
    GraphPlan.of(graph, graphs);
    return [graph, ...[...graphs.values()].filter((one) => one !== graph)];
  }

  #execute(context: RunContext): Observable<readonly RunEventBody[]> {
    return defer(() => this.#progress(context)).pipe(
      mergeMap((progress) => {
        const parts = { chat: this.chat, store: this.store, concurrency: this.config.GRAPH_CONCURRENCY };
        const events = new GraphExecution(parts, progress, context).events();
        return context.round === 1 ? concat(of(startNode()), events) : events;
      }),
    );
  }

  async #progress({ owner, runId }: RunContext): Promise<GraphProgress> {
    const { graphs, ...basis } = await this.store.basisOf(owner, runId);
    const [graph, ...inner] = graphs;
    if (!graph) throw new MillraceError('run_not_found', { detail: 'There is no turn to go on from.' });
    const plan = GraphPlan.of(graph, new Map(inner.map((one) => [one.name, one])));
    return new GraphProgress(plan, basis);
  }
}

/** The model of the first node that has one. */
function titleModel(graphs: readonly GraphConfig[] | null): string {
  return (
    graphs?.flatMap(({ nodes }) => nodes).find(({ model_name }) => model_name !== null)?.model_name ?? ''
  );
}
