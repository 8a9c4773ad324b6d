import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Owner } from '../../auth/owner.js';
import { CONFIG, type Config } from '../../config/config.js';
import { MODEL_CLIENT, type ModelClient } from '../../model/model-client.js';
import { DEMO_BASE_URL } from '../../model/model-config.js';
import { ModelRegistry } from '../../model/model-registry.js';
import { Semaphore } from '../../tools/semaphore.js';
import { collectAnswer } from '../collect-answer.js';
import { ConversationStore, type Naming, type Round } from '../conversation.store.js';
import { parseTitle } from './parse-title.js';
import { titlePrompt } from './title-prompt.js';

const TIMEOUT_MS = 30_000;
const MAX_ANSWER = 20_000;
/** A title that could not be made is tried again after the next answers, up to this round. */
const LAST_ROUND = 3;
/** Titles must not take the provider's places from answers. */
const AT_ONCE = 4;

/**
 * Gives conversations a title and tags, in the background, after their first completed answer (seed §3.7). A title that a person
 * gave is never replaced, and a failure changes nothing.
 */
@Injectable()
export class TitleMaker implements BeforeApplicationShutdown {
  readonly #logger = new Logger(TitleMaker.name);
  readonly #working = new Map<string, Promise<Naming | null>>();
  readonly #places = new Semaphore(AT_ONCE);
  readonly #stopping = new AbortController();

  constructor(
    private readonly store: ConversationStore,
    private readonly models: ModelRegistry,
    @Inject(MODEL_CLIENT) private readonly client: ModelClient,
    @Inject(CONFIG) private readonly config: Pick<Config, 'CHAT_TITLES'>,
  ) {}

  /**
   * To be called when a run has completed and its end is stored; nothing waits for it. Resolves with the title that the conversation
   * was given, or null. Never rejects.
   */
  onRunCompleted(owner: Owner, conversationId: string, model: string): Promise<Naming | null> {
    if (this.config.CHAT_TITLES === 'off' || this.#stopping.signal.aborted || this.#isDemo(model))
      return Promise.resolve(null);
    const key = JSON.stringify([owner.tenant_id, owner.user_id, conversationId]);
    const working = this.#working.get(key);
    if (working) return working;
    const work = this.#make(owner, conversationId, model)
      .catch((error: unknown) => {
        this.#logger.warn({ conversation_id: conversationId, err: error }, 'A title could not be made');
        return null;
      })
      .finally(() => this.#working.delete(key));
    this.#working.set(key, work);
    return work;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort(new Error('the server is stopping'));
    await Promise.all(this.#working.values());
  }

  /** The scripted model says nothing about a conversation that its first prompt does not say better. */
  #isDemo(model: string): boolean {
    return !this.models.has(model) || this.models.find(model).base_url === DEMO_BASE_URL;
  }

  async #make(owner: Owner, id: string, model: string): Promise<Naming | null> {
    const { signal } = this.#stopping;
    const conversation = await this.store.find(owner, id);
    if (conversation?.titled_by !== 'prompt') return null;
    if (conversation.round_count > LAST_ROUND) return null;
    const { question, answer } = firstTexts(await this.store.rounds(owner, id));
    if (question === undefined || answer === undefined) return null;

    const leave = await this.#places.acquire(signal);
    try {
      const messages = titlePrompt(question, answer);
      const asked = { model, messages, timeoutMs: TIMEOUT_MS, maxCharacters: MAX_ANSWER };
      const made = parseTitle(await collectAnswer(this.client, asked, signal));
      return made && (await this.store.giveTitle(owner, id, made)) ? made : null;
    } finally {
      leave();
    }
  }
}

/**
 * The first thing that the user said and the first text of an answer, also where tool calls came before it (D-27). What is said outside
 * of nodes is said to the user.
 */
function firstTexts(rounds: readonly Round[]): { question?: string; answer?: string } {
  const messages = rounds.flatMap((round) => round.messages).filter(({ content }) => content.trim() !== '');
  const answers = messages.filter((message) => message.role === 'assistant');
  const answer = answers.find((message) => message.node_run_id === undefined) ?? answers[0];
  return { question: messages.find(({ role }) => role === 'user')?.content, answer: answer?.content };
}
