import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { concat, defer, mergeMap, tap, type Observable } from 'rxjs';
import type { Owner } from '../../auth/owner.js';
import { ChatService } from '../../chat/chat.service.js';
import { placeOfTurn } from '../../chat/place-of-turn.js';
import { ConversationStore } from '../../conversation/conversation.store.js';
import { TitleMaker } from '../../conversation/title/title-maker.js';
import { ModelRegistry } from '../../model/model-registry.js';
import { MillraceError } from '../../protocol/error-code.js';
import { END_DESIGN, type GenerateGraphRequest } from '../../protocol/graph-design.js';
import type { GraphConfig } from '../../protocol/graph.js';
import type { RunEventBody } from '../../protocol/run-event.js';
import { idempotencyOf } from '../../run/idempotency.js';
import type { RunContext, RunProgram } from '../../run/run-program.js';
import { McpRegistry } from '../../tools/mcp/mcp-registry.js';
import type { McpServer } from '../../tools/mcp/mcp-server.js';
import { GraphService } from '../graph.service.js';
import { GraphStore } from '../graph.store.js';
import { isEnd, readDialogue } from './design-dialogue.js';
import { endDesign } from './design-end.js';
import { designPrompt, type DesignSurroundings } from './design-prompt.js';
import { readDesignTags } from './design-tags.js';
import { DesignStore } from './design.store.js';

/** How long the first words wait for servers that are not connected yet: the model is told of the others. */
const SERVERS_MS = 5000;

interface Turn {
  owner: Owner;
  conversationId: string;
  requirement: string;
  request: GenerateGraphRequest;
}

/** Graphs that are designed in dialogue (contract/seed.md §1.3, §5): each turn is a run. */
@Injectable()
export class DesignService {
  constructor(
    private readonly chat: ChatService,
    private readonly conversations: ConversationStore,
    private readonly designs: DesignStore,
    private readonly graphs: GraphService,
    private readonly graphStore: GraphStore,
    private readonly models: ModelRegistry,
    private readonly servers: McpRegistry,
    private readonly titles: TitleMaker,
  ) {}

  /**
   * The run that a request asks for. Throws `blank_prompt`, `model_required`, `model_not_found`, `graph_not_found` and, for the key and
   * for an end without a dialogue, `invalid_parameter`.
   */
  async program(owner: Owner, request: GenerateGraphRequest, key: string | undefined): Promise<RunProgram> {
    const { stream: _, ...asked } = request;
    const requirement = request.requirement.trim();
    this.#check(request, requirement);
    const base = request.graph_name ? (await this.graphs.find(owner, request.graph_name)).config : null;
    const conversationId = request.conversation_id ?? `gen_${randomBytes(8).toString('hex')}`;
    const turn: Turn = { owner, conversationId, requirement, request };
    return {
      mode: 'agent',
      model: request.model_name,
      errorType: 'api_error',
      owner,
      ...placeOfTurn('design', { ...request, conversation_id: conversationId }, requirement),
      messages: [{ role: 'user', content: requirement }],
      idempotency: idempotencyOf(key, { route: '/api/graphs/generate', ...asked }),
      ...(base && { store: (db) => this.designs.begin(db, owner, conversationId, base) }),
      execute: (context) => (isEnd(requirement) ? this.#end(turn, context) : this.#propose(turn, context)),
      completed: () => void this.titles.onRunCompleted(owner, conversationId, request.model_name),
    };
  }

  #check({ model_name, conversation_id }: GenerateGraphRequest, requirement: string): void {
    if (requirement === '') throw new MillraceError('blank_prompt', { detail: '用户需求不能为空' });
    if (model_name === '') throw new MillraceError('model_required');
    if (!this.models.has(model_name))
      throw new MillraceError('model_not_found', { detail: `找不到模型 '${model_name}'` });
    if (isEnd(requirement) && !conversation_id)
      throw new MillraceError('invalid_parameter', {
        detail: `没有提供对话ID: ${END_DESIGN} ends a dialogue, so name its conversation_id.`,
      });
  }

  /** What the model says, and what of it is no part of a graph. */
  #propose({ owner, conversationId, requirement, request }: Turn, context: RunContext) {
    return defer(() => this.#surroundings(owner, conversationId, context.signal)).pipe(
      mergeMap((surroundings) => {
        let said = '';
        const turn = this.chat.turn(
          {
            owner,
            model: request.model_name,
            systemPrompt: designPrompt(surroundings),
            messages: [{ role: 'user', content: requirement }],
            conversationId,
            mcpServers: [],
          },
          context,
        );
        return concat(
          turn.pipe(
            tap((events) => {
              for (const event of events) if (event.type === 'text.delta') said += event.delta;
            }),
          ),
          defer(() => [warningsOf(said)]),
        );
      }),
    );
  }

  async #surroundings(
    owner: Owner,
    conversationId: string,
    signal: AbortSignal,
  ): Promise<DesignSurroundings> {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(SERVERS_MS)]);
    const [base, graphs, servers] = await Promise.all([
      this.designs.base(owner, conversationId),
      this.graphStore.names(owner),
      Promise.all(this.servers.all().map((server) => toolsOf(server, inTime))),
    ]);
    return { models: this.models.list().map(({ name }) => name), servers, graphs, base };
  }

  #end({ owner, conversationId, request }: Turn, { round }: RunContext): Observable<RunEventBody[]> {
    const find = (name: string) => this.graphStore.find(owner, name);
    return defer(async () => {
      const [said, base] = await Promise.all([
        this.conversations.history(owner, conversationId, round!),
        this.designs.base(owner, conversationId),
      ]);
      const event = await endDesign(readDialogue(said, base), request.overwrite, {
        faults: (graph) => this.graphs.faults(owner, [graph]),
        find,
        save: (config: GraphConfig, readme) => this.graphs.save(owner, [{ config, readme }], true),
      });
      return [event];
    });
  }
}

/** A server that cannot be reached is named without its tools. */
async function toolsOf(
  server: McpServer,
  signal: AbortSignal,
): Promise<DesignSurroundings['servers'][number]> {
  try {
    return { name: server.name, tools: (await server.tools(signal)).tools };
  } catch {
    return { name: server.name, tools: [] };
  }
}

function warningsOf(said: string): RunEventBody[] {
  return readDesignTags(said).faults.map((message) => ({
    type: 'warning',
    code: 'design_part_ignored',
    message,
  }));
}
