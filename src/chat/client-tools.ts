import { z } from 'zod';
import type { ModelTool } from '../model/model-client.js';

/** A tool that the client calls itself, as requests of other systems name them. */
const clientTool = z.looseObject({
  name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -'),
  description: z.string().nullish(),
  parameters: z.looseObject({}).nullish().describe('A JSON Schema of an object.'),
});

export const clientTools = z
  .array(clientTool)
  .max(128)
  .nullish()
  .describe("The client's own tools: a call of one ends the run, and the client runs it.");

/** The tools as a model sees them; one without parameters takes none. */
export function toModelTools(tools: z.output<typeof clientTools>): ModelTool[] {
  return (tools ?? []).map(({ name, description, parameters }) => ({
    type: 'function',
    function: {
      name,
      ...(description && { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  }));
}
