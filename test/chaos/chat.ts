import { randomUUID } from 'node:crypto';
import type { AnswerKind } from './answers.js';
import type { Random } from './random.js';
import { Reader } from './reader.js';
import type { Stage } from './stage.js';

export interface ChatOptions {
  kind?: AnswerKind;
  /** How many others read it, each from a random moment on. */
  more?: number;
  /** How much faster than a browser's the clocks of its readers run. */
  speed?: number;
  /** Where its readers ask. Default: the starter where the stage says; the others too, or each on one instance. */
  base?: () => string;
}

/** One chat turn that somebody starts, in a conversation of its own, and its readers. */
export class Chat {
  readonly conversation = `chaos-${randomUUID()}`;
  readonly prompt = `prompt of ${this.conversation}`;
  readonly startedAt = Date.now();
  readonly kind: AnswerKind;
  readonly first: Reader;
  /** Those who came later. */
  readonly others: Reader[] = [];
  readonly #joined: Promise<void[]>;

  constructor(
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly options: ChatOptions = {},
  ) {
    const { kind = random.pick(stage.kinds), more = 1, speed, base = () => stage.url } = options;
    this.kind = kind;
    const body = {
      conversation_id: this.conversation,
      user_prompt: this.prompt,
      model_name: kind.model,
      ...(kind.tools && { mcp_servers: ['chaos'] }),
    };
    const url = '/api/chat/completions';
    const target = { kind: 'start', url, body, idempotencyKey: randomUUID() } as const;
    this.first = new Reader(target, { base, random, speed });
    const delays = Array.from({ length: more }, () => random.int(0, 2500));
    this.#joined = Promise.all(delays.map((afterMs) => this.#join(afterMs)));
  }

  get readers(): Reader[] {
    return [this.first, ...this.others];
  }

  /** Resolves when everybody reads. */
  async read(): Promise<void> {
    await this.#joined;
  }

  /** Resolves when every reader is done. */
  async over(): Promise<void> {
    await this.#joined;
    await Promise.all(this.readers.map((reader) => reader.ended));
  }

  async #join(afterMs: number): Promise<void> {
    const runId = await this.first.accepting;
    if (runId === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    const { stage, random } = this;
    const { speed, base = stage.proxies.client ? () => stage.url : this.#oneInstance() } = this.options;
    this.others.push(new Reader({ kind: 'resume', runId }, { base, random, speed }));
  }

  /** One instance, for as long as it runs, whichever executes the run. */
  #oneInstance(): () => string {
    const index = this.random.int(0, this.stage.count - 1);
    return () => this.stage.urlOf(index);
  }
}
