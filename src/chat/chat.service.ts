import { Inject, Injectable } from '@nestjs/common';
import { type Observable, of } from 'rxjs';
import type { Owner } from '../auth/owner.js';
import { CONFIG, type Config } from '../config/config.js';
import type { StoredMessage } from '../conversation/stored-message.js';
import { ConversationStore } from '../conversation/conversation.store.js';
import { messageText } from '../model/message-text.js';
import {
  MODEL_CLIENT,
  type ModelClient,
  type ModelMessage,
  type ModelParameters,
  type ModelTool,
} from '../model/model-client.js';
import { errorKinds } from '../protocol/error-code.js';
import type { RunEventBody } from '../protocol/run-event.js';
import type { RunContext } from '../run/run-program.js';
import { OwnToolBox } from '../tools/own-tool-box.js';
import { TOOL_BOX, type OwnTool, type ToolBox } from '../tools/tool.js';
import { withoutNames } from '../tools/without-names.js';
import { hasHiddenCharacters } from './hidden-characters.js';
import { assembleMessages } from './operators/assemble-messages.js';
import { inTurn } from './operators/in-turn.js';
import { ToolCallIds } from './operators/tool-call-ids.js';
import { runStep, type Step, type StepDependencies } from './operators/run-step.js';

/** What one chat turn needs to know. */
export interface ChatTurn {
  owner: Owner;
  model: string;
  systemPrompt?: string;
  /** What this turn adds to the history: the user's prompt, or all that a client has which keeps the history itself. */
  messages: readonly ModelMessage[];
  /** Its history goes before the messages. */
  conversationId?: string;
  /** Results of the client's tools that the history calls. */
  results?: readonly StoredMessage[];
  mcpServers: readonly string[];
  /** Tools that the client calls itself. */
  clientTools?: readonly ModelTool[];
  /** Tools that only this turn has. */
  ownTools?: readonly OwnTool[];
  parameters?: ModelParameters;
  /** The most model calls. Default: CHAT_MAX_ITERATIONS. */
  maxIterations?: number;
  /** The tool call ids of the run so far: turns of one run share it, because providers count from one in each. */
  callIds?: ToolCallIds;
}

interface PreparedTurn {
  first: Step;
  warnings: RunEventBody[];
  dependencies: StepDependencies;
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

  /** The events of one turn. Cold; unsubscribing stops the model, and the context's signal every tool, too. */
  turn(turn: ChatTurn, context: RunContext): Observable<readonly RunEventBody[]> {
    return inTurn(async () => steps(await this.#prepare(turn, context)));
  }

  async #prepare(turn: ChatTurn, context: RunContext): Promise<PreparedTurn> {
    const toolBox = turn.ownTools ? new OwnToolBox(turn.ownTools, this.toolBox) : this.toolBox;
    const [toolSet, history] = await Promise.all([
      openTools(toolBox, turn, context),
      this.#history(turn, context),
    ]);
    const dependencies: StepDependencies = {
      model: turn.model,
      modelClient: this.modelClient,
      toolBox,
      toolSet,
      clientTools: turn.clientTools ?? [],
      parameters: turn.parameters,
      toolConcurrency: this.config.TOOL_CONCURRENCY,
      maxIterations: turn.maxIterations ?? this.config.CHAT_MAX_ITERATIONS,
      callIds: turn.callIds ?? new ToolCallIds(),
      context,
    };
    const first: Step = {
      index: 0,
      messages: assembleMessages(turn.systemPrompt, [...history, ...(turn.results ?? [])], turn.messages),
    };
    const warnings = [...textWarnings(turn), ...toolSet.warnings].map(({ code, message }): RunEventBody => ({
      type: 'warning',
      code,
      message,
    }));
    return { first, warnings, dependencies };
  }

  async #history({ owner, conversationId }: ChatTurn, { round }: RunContext) {
    if (conversationId === undefined || round === undefined) return [];
    return this.conversations.history(owner, conversationId, round);
  }
}

function* steps({
  first,
  warnings,
  dependencies,
}: PreparedTurn): Generator<Observable<readonly RunEventBody[]>, void> {
  if (warnings.length > 0) yield of(warnings);
  for (let step: Step | undefined = first; step;) step = yield* runStep(step, dependencies);
}

/** A tool of the client's goes before one of the same name that a server has: its name is not ours to change. */
async function openTools(
  toolBox: ToolBox,
  { mcpServers, clientTools = [] }: ChatTurn,
  { signal }: RunContext,
) {
  const names = clientTools.map((tool) => tool.function.name);
  return withoutNames(await toolBox.open(mcpServers, signal), names, 'the client');
}

/** What people should know of the text they send. */
function textWarnings({ messages, systemPrompt = '' }: ChatTurn): { code: string; message: string }[] {
  return [systemPrompt, ...messages.map(messageText)].some(hasHiddenCharacters)
    ? [{ code: 'hidden_characters', message: errorKinds.hidden_characters.text }]
    : [];
}
