import { functionNames } from '../../tools/tool-names.js';
import type { OwnTool, ToolOutcome } from '../../tools/tool.js';
import type { Choice } from '../plan/scheduler.js';
import type { Target } from '../plan/edges.js';

const PREFIX = 'transfer_to_';
/** What the tools of a graph are called where others name their server. */
const SERVER = 'graph';

/** The tools with which one execution of a node says which node comes next (contract §4.4). The first choice holds (D-49). */
export class HandoffTools {
  readonly tools: readonly OwnTool[];
  #chosen: (Choice & Target) | undefined;

  constructor(targets: readonly (Choice & Target)[]) {
    const names = functionNames(targets.map(({ name }) => ({ prefix: PREFIX, name })));
    this.tools = targets.map((target, at) => this.#toolOf(target, names[at]!));
  }

  get choice(): Choice | undefined {
    return this.#chosen && { key: this.#chosen.key, target: this.#chosen.target };
  }

  #toolOf(target: Choice & Target, name: string): OwnTool {
    return {
      name,
      server: SERVER,
      tool: PREFIX + target.name,
      endsTurn: true,
      definition: {
        type: 'function',
        function: {
          name,
          description: `Transfer to ${target.name}. ${target.description}`.trim(),
          parameters: { type: 'object', properties: {}, additionalProperties: false },
        },
      },
      call: () => Promise.resolve(this.#choose(target)),
    };
  }

  #choose(target: Choice & Target): ToolOutcome {
    if (this.#chosen)
      return {
        status: 'error',
        content: `Only one node can be chosen, and that is '${this.#chosen.name}'.`,
        cut: false,
      };
    this.#chosen = target;
    return { status: 'ok', content: `已选择节点: ${target.name}`, cut: false };
  }
}
