import { Chat } from './chat.js';
import { checkChat, type Outcome } from './check-chat.js';
import type { Random } from './random.js';
import type { Stage } from './stage.js';

export interface TrafficOptions {
  stage: Stage;
  random: Random;
  /** How many chats there are at any time. */
  atOnce: number;
  /** How many others read each of them. */
  more?: number;
  /** How much faster than a browser's the clocks of readers run. */
  speed?: number;
  /** What else must hold of a chat that is over; throws when it does not. */
  expects?: (outcome: Outcome) => void;
}

export interface Violation {
  chat?: Chat;
  error: Error;
}

/** No reader of any chat gets anything for this long: something hangs. Twice a lease and its look, and then some. */
const HANG_MS = 60_000;

/** Chats that begin one after the other until they are told to stop, at least one in each place. Each is checked when it is over. */
export class Traffic {
  readonly outcomes: Outcome[] = [];
  readonly violations: Violation[] = [];
  readonly #open = new Set<Chat>();
  #running = true;
  readonly #lanes: Promise<void>[];

  constructor(private readonly options: TrafficOptions) {
    this.#lanes = Array.from({ length: options.atOnce }, () => this.#lane(options.random.fork()));
  }

  /** No new chats; resolves when those that there are have ended and were checked, or hang. */
  async finish(): Promise<void> {
    this.#running = false;
    const done = Promise.all(this.#lanes).then(() => true);
    for (;;) {
      const isDone = await Promise.race([
        done,
        new Promise<false>((resolve) => setTimeout(resolve, 500, false)),
      ]);
      if (isDone) return;
      const chats = [...this.#open];
      const lastAt = Math.max(...chats.flatMap(({ readers }) => readers.map((reader) => reader.lastItemAt)));
      if (chats.length === 0 || Date.now() - lastAt < HANG_MS) continue;
      for (const chat of chats) {
        this.violations.push({ chat, error: new Error(`no reader gets anything for ${HANG_MS / 1000} s`) });
        for (const reader of chat.readers) reader.close();
      }
      return;
    }
  }

  /** The greatest of a number of all outcomes. */
  most(name: 'lostCharacters' | 'lostMs' | 'endedAfterMs', state: string): number {
    return Math.max(0, ...this.outcomes.filter((one) => one.state === state).map((one) => one[name]));
  }

  /** How many ended in each way. */
  get counts(): Record<string, number> {
    const counts: Record<string, number> = { chats: this.outcomes.length };
    for (const { state } of this.outcomes) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  async #lane(random: Random): Promise<void> {
    const { stage, more, speed, expects } = this.options;
    await new Promise((resolve) => setTimeout(resolve, random.int(0, 1000)));
    do {
      const chat = new Chat(stage, random, { more, speed });
      this.#open.add(chat);
      try {
        await chat.over();
        const outcome = await checkChat(chat, stage);
        this.outcomes.push(outcome);
        expects?.(outcome);
      } catch (error) {
        this.violations.push({ chat, error: error as Error });
      }
      this.#open.delete(chat);
    } while (this.#running);
  }
}
