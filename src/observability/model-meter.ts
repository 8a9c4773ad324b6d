import type { CallMeter } from '../model/call-meter.js';
import { modelCalls, modelCallSeconds, modelFirstChunkSeconds, modelRetries } from './metrics.js';

/** Counts the calls of models, their retries, outcomes and times. */
export class ModelMeter implements CallMeter {
  readonly #start = performance.now();

  constructor(private readonly model: string) {}

  answering(): void {
    modelFirstChunkSeconds.observe({ model: this.model }, this.#seconds());
  }

  retrying(): void {
    modelRetries.inc({ model: this.model });
  }

  ended(outcome: string): void {
    const { model } = this;
    modelCalls.inc({ model, outcome });
    modelCallSeconds.observe({ model }, this.#seconds());
  }

  #seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }
}
