import type { Ask } from '../../state/turn.js';

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
    body: { agent_name, user_prompt, ...place },
  });
}

/** `POST /api/graphs/generate`; with `overwrite` it may replace a graph of the same name. */
export function askDesigner(model_name: string, overwrite = false): Ask {
  return (requirement, place) => ({
    url: '/api/graphs/generate',
    body: { requirement, model_name, ...(overwrite && { overwrite }), ...place },
  });
}

/** What somebody says to a designer, and nothing else, to have the graph stored. */
export const END_DESIGN = '<end>END</end>';
