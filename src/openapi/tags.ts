/** What the routes are about, in the order of the document. */
export const tags = {
  Chat: 'Ask a model, and read its answer as it is written.',
  Runs: 'The work behind every answer: its state, its events from any position, its end.',
  Conversations: 'What is stored of the turns.',
  Agents: 'Named agents: a prompt, a model, tools and limits.',
  Graphs: 'Graphs of agents, with their versions.',
  Models: 'The models that the operator offers.',
  Tools: 'The MCP servers that the operator has configured.',
  OpenAI: 'For clients of OpenAI, unchanged.',
  'AI SDK': 'For clients of the AI SDK, unchanged.',
  'AG-UI': 'For clients of AG-UI, unchanged.',
  Server: 'Health, metrics and the contract itself.',
} as const;
export type TagName = keyof typeof tags;
