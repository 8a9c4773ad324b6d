import type { ToolSet } from './tool.js';

/** A name is one tool: where a server's tool has a name that is taken, it is left out, and a warning says whose the name is. */
export function withoutNames({ tools, warnings }: ToolSet, names: readonly string[], whose: string): ToolSet {
  if (names.length === 0) return { tools, warnings };
  const taken = names.flatMap((name) => tools.get(name) ?? []);
  return {
    tools: new Map([...tools].filter(([name]) => !names.includes(name))),
    warnings: [
      ...warnings,
      ...taken.map(({ server, tool }) => ({
        code: 'tool_refused',
        message: `MCP server "${server}": ${whose} has a tool of the same name as ${tool}, which is left out.`,
      })),
    ],
  };
}
