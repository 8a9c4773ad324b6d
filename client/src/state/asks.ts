import type { Ask } from './turn.js';

/** What a prompt is sent to. */
export const MODES = ['chat', 'graph', 'agent'] as const;
export type Mode = (typeof MODES)[number];

/** `POST /api/chat/completions` */
export function askModel(model_name: string, mcp_servers: readonly string[]): Ask {
  return (user_prompt, place) => ({
    url: '/api/chat/completions',
    body: { user_prompt, model_name, mcp_servers, ...place, stream: true },
  });
}

/** `POST /api/graphs/execute` */
export function askGraph(graph_name: string): Ask {
  return (input_text, place) => ({
    url: '/api/graphs/execute',
    body: { graph_name, input_text, ...place },
  });
}

/** The same, for a graph that goes on from where it stopped. */
export const resumeGraph: Ask = (_, place) => ({
  url: '/api/graphs/execute',
  body: { continue_from_checkpoint: true, ...place },
});

/** `POST /api/agent/run` */
export function askAgent(agent_name: string): Ask {
  return (user_prompt, place) => ({
    url: '/api/agent/run',
    body: { agent_name, user_prompt, ...place, stream: true },
  });
}
