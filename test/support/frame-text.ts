interface Frame {
  type?: string;
  role?: string;
  error?: { message: string };
  code?: string;
  content?: string;
  choices?: { delta: { content?: string; reasoning_content?: string } }[];
}

/** What a client that knows no more than OpenAI's chunks has of the frames of a native stream. */
export function summaryOf(data: readonly string[]) {
  const summary = { text: '', reasoning: '', results: [] as string[], error: '', types: [] as string[] };
  for (const text of data) {
    if (text === '[DONE]') continue;
    const { type, role, error, code, content, choices = [] } = JSON.parse(text) as Frame;
    if (type !== undefined) summary.types.push(type);
    if (role === 'tool') summary.results.push(content ?? '');
    if (error) summary.error = code ?? error.message;
    for (const { delta } of choices) {
      summary.text += delta.content ?? '';
      summary.reasoning += delta.reasoning_content ?? '';
    }
  }
  return summary;
}

/** The sequence numbers of positions, which a reader must have got one after the other. */
export function sequence(ids: readonly (string | undefined)[]): number[] {
  return ids.filter((id) => id !== undefined && id !== '').map((id) => Number(id!.split('.')[2]));
}
