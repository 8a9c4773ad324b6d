import { contextCount, START } from '../../protocol/graph.js';
import type { Scope, Source } from './scope.js';
import { fillIn } from './template.js';

const BETWEEN = '\n\n';
const BETWEEN_GLOBALS = '\n\n---\n\n';

/** What the nodes of a run have put out so far, and what the user said. */
export class Outputs {
  readonly #latest = new Map<string, string>();
  readonly #globals: { id: string; text: string }[];

  /** `globals` are the global outputs of earlier turns, in order. */
  constructor(
    private readonly input: string,
    globals: readonly { id: string; text: string }[] = [],
  ) {
    this.#globals = [...globals];
  }

  add(id: string, text: string, isGlobal: boolean): void {
    this.#latest.set(id, text);
    if (isGlobal) this.#globals.push({ id, text });
  }

  latest(id: string): string {
    return this.#latest.get(id) ?? '';
  }

  /** The text that a source stands for; empty when there is none yet. */
  textOf(source: Source): string {
    switch (source.kind) {
      case 'user':
        return this.input;
      case 'node':
        return this.latest(source.id);
      case 'context':
        return join(this.#globalsOf(source.ids, source.count), BETWEEN);
      case 'graph':
        return (
          this.resultOf(source.scope) ??
          join(
            source.scope.exits().map(({ id }) => this.latest(id)),
            BETWEEN,
          )
        );
      case 'all':
        return join(
          source.sources.map((one) => this.textOf(one)),
          BETWEEN,
        );
    }
  }

  /** The template at the end of a graph, filled in; undefined when it has none. */
  resultOf(scope: Scope): string | undefined {
    const template = scope.graph.end_template;
    if (!template) return undefined;
    return fillIn(template, (placeholder) => this.#placeholder(scope, placeholder));
  }

  /** `{node}`, `{node:3}`, `{node:all}`, `{start}`. A name may hold a colon. */
  #placeholder(scope: Scope, placeholder: string): string | undefined {
    const whole = this.#named(scope, placeholder, 1);
    if (whole !== undefined) return whole;
    const colon = placeholder.lastIndexOf(':');
    const count = contextCount(placeholder.slice(colon + 1));
    if (colon === -1 || count === undefined) return undefined;
    return this.#named(scope, placeholder.slice(0, colon), count);
  }

  #named(scope: Scope, name: string, count: number): string | undefined {
    const source = scope.sourceOf(name);
    if (!source) return undefined;
    if (name === START) return this.textOf(source);
    const globals = this.#globalsOf(scope.globalsOf(name), count);
    return count === 1 ? this.textOf(source) || (globals[0] ?? '') : globals.join(BETWEEN_GLOBALS);
  }

  #globalsOf(ids: readonly string[], count: number): string[] {
    const texts = this.#globals.filter(({ id }) => ids.includes(id)).map(({ text }) => text);
    return count >= texts.length ? texts : texts.slice(-count);
  }
}

function join(texts: readonly string[], between: string): string {
  return texts.filter((text) => text !== '').join(between);
}
