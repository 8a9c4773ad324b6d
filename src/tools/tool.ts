import type { ModelTool } from '../model/model-client.js';
import type { RunEventBody, ToolStatus } from '../protocol/run-event.js';

/** A tool that this turn may use, found by the name that the model uses for it. */
export interface Tool {
  /** Unique in the turn and safe for every provider: `server__tool`, `[A-Za-z0-9_-]{1,64}`. */
  name: string;
  server: string;
  /** The server's own name of the tool. */
  tool: string;
  definition: ModelTool & { function: { description: string; parameters: Record<string, unknown> } };
  /** A call of it that succeeds ends the turn, once all calls of its step have their results. */
  endsTurn?: boolean;
}

export interface ToolCallOptions {
  toolCallId: string;
  signal: AbortSignal;
  onProgress: (progress: ToolProgress) => void;
  /** Takes what happens inside of the call, for the run's log. */
  emit: (events: readonly RunEventBody[]) => void;
}

/** A tool of one turn, which no MCP server has: the program that asks for the turn runs it. */
export interface OwnTool extends Tool {
  /** As ToolBox.call. */
  call(input: Record<string, unknown>, options: ToolCallOptions): Promise<ToolOutcome>;
}

/** What a turn may use, and what could not be reached (each becomes a `warning` that the user sees). */
export interface ToolSet {
  tools: ReadonlyMap<string, Tool>;
  warnings: readonly { code: string; message: string }[];
}

export interface ToolProgress {
  progress: number;
  total?: number;
  message?: string;
}

export interface ToolOutcome {
  status: Extract<ToolStatus, 'ok' | 'error'>;
  /** What the model reads; never longer than the result limit. */
  content: string;
  /** The structured form, where the tool gave one. */
  output?: unknown;
  /** True when `content` was cut at the limit. */
  cut: boolean;
}

/** The arguments as the model wrote them, read against the tool's schema. */
export type ParsedArguments = { ok: true; input: Record<string, unknown> } | { ok: false; reason: string };

/**
 * The port to tools. All of them are MCP servers; the built-in ones run in the process.
 */
export interface ToolBox {
  /** The tools of the named servers. Unknown and unreachable servers become warnings; nothing is thrown. */
  open(servers: readonly string[], signal: AbortSignal): Promise<ToolSet>;
  /** Reads the text of a call's arguments (empty text is `{}`) and checks it against the tool's schema. Never throws. */
  parse(tool: Tool, args: string): ParsedArguments;
  /**
   * Runs one call. A tool that fails, times out or cannot be reached is an outcome with status `error`, whose content tells the
   * model what happened. Rejects only when `signal` aborts, with its reason, after the server was told to cancel.
   */
  call(tool: Tool, input: Record<string, unknown>, options: ToolCallOptions): Promise<ToolOutcome>;
}
export const TOOL_BOX = Symbol('ToolBox');
