export const LIMIT_BYTES: number;
export function firstLoad(folder?: string): { file: string; bytes: number }[];
