import type { Ask } from './turn.js';

export const MODES = ['chat', 'graph', 'agent'] as const;

/** What a prompt goes to: a model, a graph, an agent, or a model that designs a graph. */
export type Mode = (typeof MODES)[number] | 'design';

/** `POST /api/chat/completions` */
export function askModel(model_name: string, mcp_servers: readonly string[]): Ask {
  return (user_prompt, place) => ({
    url: '/api/chat/completions',
    body: { user_prompt, model_name, mcp_servers, ...place, stream: true },
  });
}
