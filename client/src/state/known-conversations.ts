import { signal } from '@preact/signals';
import { problemOf, type Problem } from '../stream/problem.js';
import type { ConversationItem } from './conversation-item.js';

export type ConversationFacts = Partial<Omit<ConversationItem, 'id'>>;

interface Change {
  id: string;
  facts: ConversationFacts;
}

/**
 * What the page knows of each conversation, wherever it learned it. A change that is on its way to the server lies on top: it shows at
 * once, whatever is learned meanwhile, and goes when the server refuses it.
 */
export class KnownConversations {
  readonly #known = signal<ReadonlyMap<string, ConversationItem>>(new Map());
  readonly #changes = signal<readonly Change[]>([]);

  /** Reads signals. */
  find(id: string | undefined): ConversationItem | undefined {
    const item = id === undefined ? undefined : this.#known.value.get(id);
    const changes = this.#changes.value.filter((change) => change.id === id);
    return item && changes.reduce((changed, { facts }) => ({ ...changed, ...facts }), item);
  }

  learn(items: readonly ConversationItem[]): void {
    const known = new Map(this.#known.peek());
    for (const item of items) known.set(item.id, item);
    this.#known.value = known;
  }

  /** Learns a part. Of a conversation that is not known nothing is kept. */
  amend(id: string, facts: ConversationFacts): void {
    const item = this.#known.peek().get(id);
    const amended = item && { ...item, ...facts };
    if (amended && JSON.stringify(amended) !== JSON.stringify(item)) this.learn([amended]);
  }

  forget(id: string): void {
    const known = new Map(this.#known.peek());
    known.delete(id);
    this.#known.value = known;
  }

  /** Shows a change and saves it. Resolves with why it could not be saved, if so; then it is no longer shown. */
  async change(
    id: string,
    facts: ConversationFacts,
    save: () => Promise<unknown>,
  ): Promise<Problem | undefined> {
    const change = { id, facts };
    this.#changes.value = [...this.#changes.peek(), change];
    try {
      await save();
      this.amend(id, facts);
      return undefined;
    } catch (error) {
      return problemOf(error);
    } finally {
      this.#changes.value = this.#changes.peek().filter((one) => one !== change);
    }
  }
}
