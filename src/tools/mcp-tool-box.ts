import type { Progress } from '@modelcontextprotocol/client';
import { MillraceError } from '../protocol/error-code.js';
import type { ErrorCode } from '../protocol/error-code.js';
import type { CheckedTool } from './checked-tools.js';
import { failureText } from './mcp/mcp-failure.js';
import type { McpRegistry } from './mcp/mcp-registry.js';
import { parseArguments } from './tool-arguments.js';
import { toolNames } from './tool-names.js';
import { failedOutcome, toolOutcome } from './tool-result.js';
import type {
  ParsedArguments,
  Tool,
  ToolBox,
  ToolCallOptions,
  ToolOutcome,
  ToolProgress,
  ToolSet,
} from './tool.js';
import { visibleText } from './visible-text.js';

const MAX_PROGRESS_TEXT = 1024;
const PROGRESS_MS = 100;
/** One for all turns without tools, which are most. */
const NOTHING: ToolSet = { tools: new Map(), warnings: [] };

type Warning = ToolSet['warnings'][number];
interface OpenedServer {
  server: string;
  tools: readonly CheckedTool[];
  warnings: readonly Warning[];
}

/** The tools of the configured MCP servers. */
export class McpToolBox implements ToolBox {
  constructor(
    private readonly registry: McpRegistry,
    /** The most bytes of a result that the model reads. */
    private readonly resultLimit: number,
  ) {}

  async open(servers: readonly string[], signal: AbortSignal): Promise<ToolSet> {
    if (servers.length === 0) return NOTHING;
    const opened = await Promise.all([...new Set(servers)].map((name) => this.openServer(name, signal)));
    const found = opened.flatMap(({ server, tools }) => tools.map((tool) => ({ server, ...tool })));
    const names = toolNames(found);
    const tools = found.map((tool, index) => makeTool(names[index] ?? tool.tool, tool));
    return {
      tools: new Map(tools.map((tool) => [tool.name, tool])),
      warnings: opened.flatMap(({ warnings }) => warnings),
    };
  }

  parse(tool: Tool, args: string): ParsedArguments {
    return parseArguments(tool.definition.function.parameters, args);
  }

  async call(tool: Tool, input: Record<string, unknown>, options: ToolCallOptions): Promise<ToolOutcome> {
    const server = this.registry.get(tool.server);
    if (!server) return failedOutcome(tool.tool, notFoundText(tool.server, this.registry), this.resultLimit);
    try {
      const result = await server.call(tool.tool, input, {
        signal: options.signal,
        onProgress: atIntervals(PROGRESS_MS, (progress) => options.onProgress(readProgress(progress))),
      });
      return toolOutcome(tool.tool, result, this.resultLimit);
    } catch (error) {
      options.signal.throwIfAborted();
      return failedOutcome(tool.tool, failureText(error), this.resultLimit);
    }
  }

  private async openServer(name: string, signal: AbortSignal): Promise<OpenedServer> {
    const server = this.registry.get(name);
    if (!server) return unusable(name, 'tool_server_not_found', notFoundText(name, this.registry));
    try {
      const { tools, refusals } = await server.tools(signal);
      const warnings = refusals.map((refusal) => warning('tool_refused', name, refusal));
      return { server: name, tools, warnings };
    } catch (error) {
      // A run that was cancelled while it opened its tools has nobody to warn.
      if (signal.aborted) return { server: name, tools: [], warnings: [] };
      return unusable(name, 'tool_server_unreachable', failureText(error));
    }
  }
}

/** The error of the routes for one server. */
export function serverNotFound(name: string, registry: McpRegistry): MillraceError {
  return new MillraceError('tool_server_not_found', {
    detail: warningText(name, notFoundText(name, registry)),
  });
}

function notFoundText(name: string, registry: McpRegistry): string {
  return registry.isDisabled(name)
    ? 'It is disabled in the configuration.'
    : 'There is no such MCP server in the configuration.';
}

function makeTool(
  name: string,
  { server, tool, description, parameters }: CheckedTool & { server: string },
): Tool {
  const prefixed = `[Tool from:${server}] ${description}`;
  return {
    name,
    server,
    tool,
    definition: { type: 'function', function: { name, description: prefixed, parameters } },
  };
}

function unusable(server: string, code: ErrorCode, text: string): OpenedServer {
  return { server, tools: [], warnings: [warning(code, server, text)] };
}

function warning(code: ErrorCode, server: string, text: string): Warning {
  return { code, message: warningText(server, text) };
}

function warningText(server: string, text: string): string {
  return `MCP server "${visibleText(server, 128)}": ${text}`;
}

function readProgress({ progress, total, message }: Progress): ToolProgress {
  return {
    progress: Number.isFinite(progress) ? progress : 0,
    ...(total !== undefined && Number.isFinite(total) ? { total } : {}),
    ...(message === undefined ? {} : { message: visibleText(message, MAX_PROGRESS_TEXT) }),
  };
}

/** Passes a value on when the last one is at least `ms` old: a server may report progress for every byte. */
function atIntervals<T>(ms: number, pass: (value: T) => void): (value: T) => void {
  let next = 0;
  return (value) => {
    const now = performance.now();
    if (now < next) return;
    next = now + ms;
    pass(value);
  };
}
