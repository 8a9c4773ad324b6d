import { z } from 'zod';
import { graphName } from './graph.js';
import { prompt, text, turnFields } from './requests.js';

/** The most agents that one agent may call: each of them is a tool in every request to its model. */
const MAX_CALLABLE = 32;

const eachOnce = (name: z.ZodString, most: number) =>
  z
    .array(name)
    .max(most)
    .transform((names) => [...new Set(names)]);

/** A name of an agent, in the form of the names of graphs. */
export const agentName = graphName;

/** What a request to a model may carry besides the conversation, in the names and bounds of OpenAI. */
const modelParameters = z
  .strictObject({
    temperature: z.number().min(0).max(2),
    top_p: z.number().min(0).max(1),
    presence_penalty: z.number().min(-2).max(2),
    frequency_penalty: z.number().min(-2).max(2),
    max_tokens: z.int().positive(),
    max_completion_tokens: z.int().positive(),
    seed: z.int(),
    stop: z.union([z.string().min(1).max(256), z.array(z.string().min(1).max(256)).min(1).max(4)]),
    reasoning_effort: z.string().min(1).max(32),
  })
  .partial();

const orNull = <T extends z.ZodType>(limit: T) =>
  limit.nullish().transform((value) => (value ?? null) as z.output<T> | null);

/** How far one execution of an agent may go; null is the default of the server. */
const limits = z.strictObject({
  max_iterations: orNull(z.int().min(1).max(200)).describe(
    'How many model calls one execution may take. Default: CHAT_MAX_ITERATIONS.',
  ),
  max_depth: orNull(z.int().min(0).max(8)).describe(
    'How many levels of agents may work below this one. 0: it calls none. Default: 3.',
  ),
  max_agent_calls: orNull(z.int().min(0).max(1000)).describe(
    'How many calls of agents one run of this agent may make, on all levels together. Default: 25.',
  ),
  timeout_seconds: orNull(z.number().positive().max(86_400)).describe(
    'How long one execution may take, also when another agent calls it. Default: as long as the run.',
  ),
});
export type AgentLimits = z.output<typeof limits>;

/** An agent as people write it. What cannot be told from one field alone is checked by `agentFaults`. */
export const agentConfig = z.strictObject({
  name: agentName,
  description: text(4096)
    .default('')
    .describe('What the agent is good for. A model that may call it reads this.'),
  model_name: z.string().trim().min(1).max(256).describe('A name of `GET /api/models`.'),
  system_prompt: prompt.default(''),
  mcp_servers: eachOnce(z.string().min(1).max(128), 64)
    .default([])
    .describe('The MCP servers whose tools it may call.'),
  agents: eachOnce(agentName, MAX_CALLABLE)
    .default([])
    .describe('The agents that it may call, each as a tool.'),
  limits: limits.prefault({}),
  parameters: modelParameters
    .default({})
    .describe('They go before those of the model in the configuration of the server.'),
});
export type AgentConfig = z.output<typeof agentConfig>;

/** `POST /api/agent/run` */
export const agentRunRequest = z.strictObject({
  agent_name: z.string().max(256).describe('A name of `GET /api/agents`.'),
  user_prompt: prompt.describe('What the user says.'),
  mcp_servers: eachOnce(z.string().min(1).max(128), 64)
    .default([])
    .describe("MCP servers whose tools the agent may call in this turn besides its own servers'."),
  stream: z.boolean().default(true).describe('False: one document at the end.'),
  ...turnFields,
});
export type AgentRunRequest = z.output<typeof agentRunRequest>;
