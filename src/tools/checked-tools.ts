import { setImmediate } from 'node:timers/promises';
import { checkSchema, isObject } from './tool-schema.js';
import { visibleText } from './visible-text.js';

/** The most of a description that a model gets. */
const MAX_DESCRIPTION = 4096;
const MAX_NAME = 128;
const MAX_REFUSALS = 20;
const MAX_MS = 2000;

/** A tool whose definition is safe to show to a model. */
export interface CheckedTool {
  /** The server's own name of it. */
  tool: string;
  description: string;
  parameters: Record<string, unknown>;
}

export interface CheckedTools {
  tools: CheckedTool[];
  /** Why tools were left out, one sentence each. */
  refusals: string[];
}

/**
 * Checks the tool definitions of a server one by one: what a server says about its tools is read by the model, and may be
 * written to mislead it or to harm us. Descriptions lose hidden characters and end after 4096; the rest is used whole or not
 * at all.
 */
export async function checkTools(definitions: readonly unknown[]): Promise<CheckedTools> {
  const checked: CheckedTools = { tools: [], refusals: [] };
  const names = new Set<string>();
  let spentMs = 0;
  for (const definition of definitions) {
    if (spentMs > MAX_MS) {
      checked.refusals.push('Its other tools were left out: they take too long to check.');
      break;
    }
    // Others get their turn between any two: a check may take milliseconds, and a server may list hundreds.
    await setImmediate();
    const start = performance.now();
    const result = checkTool(definition, names);
    if (typeof result !== 'string') {
      names.add(result.tool);
      checked.tools.push(result);
    } else if (checked.refusals.length < MAX_REFUSALS) checked.refusals.push(result);
    spentMs += performance.now() - start;
  }
  return checked;
}

function checkTool(definition: unknown, names: ReadonlySet<string>): CheckedTool | string {
  if (!isObject(definition) || typeof definition['name'] !== 'string')
    return 'A tool without a name was left out.';
  const tool = definition['name'];
  const shown = JSON.stringify(visibleText(tool, 80));
  if (tool.length > MAX_NAME || visibleText(tool, MAX_NAME) !== tool || !/^\S(?:[^\n\t]*\S)?$/.test(tool)) {
    return `The tool ${shown} was left out: its name is not valid.`;
  }
  if (names.has(tool)) return `A second tool of the name ${shown} was left out.`;
  const schema = checkSchema(definition['inputSchema']);
  if (!schema.ok) return `The tool ${shown} was left out: ${schema.reason}.`;
  const { description } = definition;
  return {
    tool,
    description: typeof description === 'string' ? visibleText(description, MAX_DESCRIPTION) : '',
    parameters: schema.schema,
  };
}
