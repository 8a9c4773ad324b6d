import type { Tool, ToolBox } from '../../tools/tool.js';

/** The server `s` with one tool, which answers `<tool>ed`. */
export function toolBoxOf(tool: string): ToolBox {
  const name = `s__${tool}`;
  const definition = {
    type: 'function' as const,
    function: { name, description: '', parameters: { type: 'object' } },
  };
  const entry: Tool = { name, server: 's', tool, definition };
  return {
    open: (servers) =>
      Promise.resolve({ tools: new Map(servers.includes('s') ? [[name, entry]] : []), warnings: [] }),
    parse: () => ({ ok: true, input: {} }),
    call: () => Promise.resolve({ status: 'ok', content: `${tool}ed`, cut: false }),
  };
}
