import { z } from 'zod';
import { agentConfig, agentRunRequest } from '../../protocol/agent.js';

const time = z.int().nonnegative().describe('Unix milliseconds.');

/** The bodies and answers of the agent routes, by the name of their component. */
export const agentSchemas = {
  Agent: agentConfig.describe('An agent as people write it (docs/agents.md).'),
  AgentRunRequest: agentRunRequest,
  AgentList: z
    .array(
      z.object({
        name: z.string(),
        description: z.string(),
        model_name: z.string(),
        created_at: time,
        updated_at: time,
      }),
    )
    .describe('By name.'),
  AgentFaults: z.object({
    valid: z.boolean(),
    errors: z.array(
      z.object({
        type: z.enum(['unknown_model', 'unknown_server', 'unknown_agent', 'calls_itself']),
        loc: z.array(z.string()).describe('The path in the agent.'),
        msg: z.string(),
      }),
    ),
  }),
  AgentDeleted: z.object({ status: z.literal('success'), message: z.string() }),
} as const satisfies Record<string, z.ZodType>;
