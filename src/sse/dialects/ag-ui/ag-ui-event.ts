/** An event of AG-UI, as far as this side writes it. */
export type AgUiEvent = { type: string } & Record<string, unknown>;

/** A message of AG-UI, ours or one that a client sent. */
export type AgUiMessage = { id: string; role: string } & Record<string, unknown>;

const OF_RUN = /^([0-9A-HJKMNP-TV-Z]{26})\.(.+)$/s;

/**
 * The id of a message or a tool call of a run. It begins with the run's: so no two of a thread are alike, whatever a provider calls its
 * calls, and a client's history says which turns it holds.
 */
export function agUiId(runId: string, id: string): string {
  return `${runId}.${id}`;
}

/** The run whose message this is; undefined for ids that clients made. */
export function runOfId(id: string): string | undefined {
  return OF_RUN.exec(id)?.[1];
}

/** The id as the run itself has it. */
export function idWithoutRun(id: string): string {
  return OF_RUN.exec(id)?.[2] ?? id;
}

/** What the protocol has no field for. Nothing where all of it is undefined. */
export function inMetadata(fields: Record<string, unknown>): { metadata?: { millrace: object } } {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined);
  return set.length === 0 ? {} : { metadata: { millrace: Object.fromEntries(set) } };
}
