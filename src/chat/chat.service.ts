import { Inject, Injectable } from '@nestjs/common';
import { concat, defer, expand, EMPTY, mergeMap, Observable, of } from 'rxjs';
import type { Owner } from '../auth/owner.js';
import { CONFIG, type Config } from '../config/config.js';
import { ConversationStore } from '../conversation/conversation.store.js';
import { MODEL_CLIENT, type ModelClient } from '../model/model-client.js';
import { errorKinds } from '../protocol/error-code.js';
import type { RunEventBody } from '../protocol/run-event.js';
import type { RunContext } from '../run/run-program.js';
import { TOOL_BOX, type ToolBox, type ToolSet } from '../tools/tool.js';
import { hasHiddenCharacters } from './hidden-characters.js';
import { assembleMessages } from './operators/assemble-messages.js';
import { runStep, type LoopItem, type Step, type StepDependencies } from './operators/run-step.js';

/** What one chat turn needs to know. */
export interface ChatTurn {
  owner: Owner;
  prompt: string;
  systemPrompt: string | undefined;
  model: string;
  mcpServers: readonly string[];
  conversationId: string | undefined;
}

/**
 * The chat turn: a model stream and a tool loop, composed from operators.
 *
 *     step(messages) = model stream → events → no tool calls: done
 *                                            → tool calls: run them → step(messages + results)
 */
@Injectable()
export class ChatService {
  constructor(
    @Inject(MODEL_CLIENT) private readonly modelClient: ModelClient,
    @Inject(TOOL_BOX) private readonly toolBox: ToolBox,
    private readonly conversations: ConversationStore,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The events of one turn. Cold; unsubscribing or the context's signal stops the model and every tool at once. */
  turn(turn: ChatTurn, context: RunContext): Observable<readonly RunEventBody[]> {
    return defer(() => this.#prepare(turn, context)).pipe(
      mergeMap(({ first, warnings, dependencies }) => concat(of(warnings), loop(first, dependencies))),
    );
  }

  async #prepare(turn: ChatTurn, context: RunContext) {
    const [toolSet, history] = await Promise.all([
      this.#openTools(turn, context),
      this.#history(turn, context),
    ]);
    const dependencies: StepDependencies = {
      model: turn.model,
      modelClient: this.modelClient,
      toolBox: this.toolBox,
      toolSet,
      toolConcurrency: this.config.TOOL_CONCURRENCY,
      maxIterations: this.config.CHAT_MAX_ITERATIONS,
      takenIds: new Set(),
      context,
    };
    const first: Step = { index: 0, messages: assembleMessages(turn.systemPrompt, history, turn.prompt) };
    const warnings = [...textWarnings(turn), ...toolSet.warnings].map(({ code, message }): RunEventBody => ({
      type: 'warning',
      code,
      message,
    }));
    return { first, warnings, dependencies };
  }

  async #openTools({ mcpServers }: ChatTurn, { signal }: RunContext): Promise<ToolSet> {
    return mcpServers.length === 0
      ? { tools: new Map(), warnings: [] }
      : this.toolBox.open(mcpServers, signal);
  }

  async #history({ owner, conversationId }: ChatTurn, { round }: RunContext) {
    if (conversationId === undefined || round === undefined) return [];
    return this.conversations.history(owner, conversationId, round);
  }
}

/** What people should know of the text they send. */
function textWarnings({ prompt, systemPrompt = '' }: ChatTurn): { code: string; message: string }[] {
  return hasHiddenCharacters(prompt + systemPrompt)
    ? [{ code: 'hidden_characters', message: errorKinds.hidden_characters.text }]
    : [];
}

function loop(first: Step, dependencies: StepDependencies): Observable<readonly RunEventBody[]> {
  return of<LoopItem>({ next: first }).pipe(
    expand((item) => (item.next ? runStep(item.next, dependencies) : EMPTY)),
    mergeMap((item) => (item.next ? EMPTY : of(item.events))),
  );
}
