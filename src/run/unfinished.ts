/** The states of a run whose end is not decided. */
export const UNFINISHED = ['queued', 'running', 'suspended'] as const;
