import type { ModelTool } from '../model-client.js';

/** What the tools are called with which a node of a graph says which node comes next. */
export const HANDOFF = 'transfer_to_';

/** More is not looked at. */
const LONGEST = 4000;
const COMMON = new Set(
  'the and for with what which who how this that you your are was has have not transfer'.split(' '),
);

/** What the tools are called that are other agents. */
export const AGENT = 'agent__';

/**
 * The node that the demo model hands over to, or the agent that it asks, by what their tools begin with: the one whose description has
 * most words of the prompt, or else the first; if there is any.
 */
export function chooseTool(
  tools: readonly ModelTool[],
  prompt: string,
  prefix: string,
): ModelTool | undefined {
  const asked = new Set(wordsOf(prompt));
  const fit = ({ function: { description = '' } }: ModelTool) =>
    new Set(wordsOf(description).filter((word) => asked.has(word))).size;
  return tools
    .filter((tool) => tool.function.name.startsWith(prefix))
    .toSorted((one, other) => fit(other) - fit(one))[0];
}

/** Words of three letters or more, each Chinese character, and the signs of a sum. */
function wordsOf(text: string): string[] {
  const words =
    text
      .slice(0, LONGEST)
      .toLowerCase()
      .match(/\p{Script=Han}|[\p{L}\p{N}]{3,}|[+*/×÷=]/gu) ?? [];
  return words.filter((word) => !COMMON.has(word));
}
