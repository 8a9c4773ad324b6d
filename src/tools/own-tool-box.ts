import { parseArguments } from './tool-arguments.js';
import type {
  OwnTool,
  ParsedArguments,
  Tool,
  ToolBox,
  ToolCallOptions,
  ToolOutcome,
  ToolSet,
} from './tool.js';
import { withoutNames } from './without-names.js';

/** The tools of servers, and before them those that only one turn has. */
export class OwnToolBox implements ToolBox {
  readonly #own: ReadonlyMap<string, OwnTool>;

  constructor(
    own: readonly OwnTool[],
    private readonly servers: ToolBox,
  ) {
    this.#own = new Map(own.map((tool) => [tool.name, tool]));
  }

  async open(servers: readonly string[], signal: AbortSignal): Promise<ToolSet> {
    if (servers.length === 0) return { tools: this.#own, warnings: [] };
    const opened = await this.servers.open(servers, signal);
    const { tools, warnings } = withoutNames(opened, [...this.#own.keys()], 'this turn');
    return { tools: new Map<string, Tool>([...this.#own, ...tools]), warnings };
  }

  parse(tool: Tool, args: string): ParsedArguments {
    return this.#own.get(tool.name) === tool
      ? parseArguments(tool.definition.function.parameters, args)
      : this.servers.parse(tool, args);
  }

  call(tool: Tool, input: Record<string, unknown>, options: ToolCallOptions): Promise<ToolOutcome> {
    const own = this.#own.get(tool.name);
    return own === tool ? own.call(input, options) : this.servers.call(tool, input, options);
  }
}
