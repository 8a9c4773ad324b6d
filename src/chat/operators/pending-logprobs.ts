import type { TokenLogprob } from '../../protocol/run-event.js';

export interface Logprobs {
  content?: TokenLogprob[];
  refusal?: TokenLogprob[];
}

/** Log probabilities that wait for the text that they are of. */
export class PendingLogprobs {
  #content: TokenLogprob[] = [];
  #refusal: TokenLogprob[] = [];

  add({ content = [], refusal = [] }: Logprobs): void {
    this.#content.push(...content);
    this.#refusal.push(...refusal);
  }

  /** What came since the last call, if anything. */
  take(): Logprobs | undefined {
    const [content, refusal] = [this.#content, this.#refusal];
    if (content.length + refusal.length === 0) return undefined;
    this.#content = [];
    this.#refusal = [];
    return { ...(content.length > 0 && { content }), ...(refusal.length > 0 && { refusal }) };
  }
}
