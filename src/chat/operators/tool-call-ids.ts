import { randomUUID } from 'node:crypto';

/** The ids of the tool calls of one run. Providers count from one in each answer, or give none. */
export class ToolCallIds {
  /** Most answers call no tool. */
  #taken: Set<string> | undefined;

  /** The provider's id when it is new in this run, else one of ours. */
  take(given: string | undefined): string {
    this.#taken ??= new Set();
    const isNew = given !== undefined && !this.#taken.has(given);
    const id = isNew ? given : `call_${randomUUID().replaceAll('-', '')}`;
    this.#taken.add(id);
    return id;
  }
}
