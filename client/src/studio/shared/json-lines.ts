/** Where in a text of JSON something stands that has no other name there than its path, and what is wrong with a text that is none. */

export interface JsonFault {
  message: string;
  /** Counted from 1; undefined where the browser does not say. */
  line: number | undefined;
}

/** A value, or why there is none. */
export interface Parsed {
  value?: unknown;
  fault?: JsonFault;
}

export function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { fault: { message: message.replace(/^JSON\.parse: /, ''), line: faultLine(message, text) } };
  }
}

/** Chromium and Firefox say `line 2 column 3`, older ones `position 17`; others nothing. */
function faultLine(message: string, text: string): number | undefined {
  const line = /\bline (\d+)/.exec(message)?.[1];
  if (line !== undefined) return Number(line);
  const position = /\bposition (\d+)/.exec(message)?.[1];
  if (position !== undefined) return lineAt(text, Number(position));
  return /end of (?:JSON|data)/i.test(message) ? lineAt(text, text.length) : undefined;
}

/** The line on which the value of a path begins, or that of the longest part of the path that is there; counted from 1. */
export function lineOf(text: string, path: readonly string[]): number {
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]|[^\s{}[\],":]+/g);
  const around: { key: string; inList: boolean; count: number }[] = [];
  let best = { depth: 0, index: 0 };
  let key: string | undefined;
  for (const { 0: token, index } of tokens) {
    const here = around.at(-1);
    if (token === '}' || token === ']') {
      around.pop();
      key = undefined;
      continue;
    }
    if (token === ',') {
      key = undefined;
      if (here) here.count += 1;
      continue;
    }
    if (here && !here.inList && key === undefined) {
      key = unquoted(token);
      const depth = matching([...around.slice(1).map((one) => one.key), key], path);
      if (depth > best.depth) best = { depth, index };
      continue;
    }
    const own = here?.inList ? String(here.count) : (key ?? '');
    if (here?.inList) {
      const depth = matching([...around.slice(1).map((one) => one.key), own], path);
      if (depth > best.depth) best = { depth, index };
    }
    if (token === '{' || token === '[') {
      around.push({ key: own, inList: token === '[', count: 0 });
      key = undefined;
    }
  }
  return lineAt(text, best.index);
}

/** The depth of a place when it is on the way to the path; else 0. */
function matching(place: readonly string[], path: readonly string[]): number {
  return place.length <= path.length && place.every((key, depth) => key === path[depth]) ? place.length : 0;
}

function unquoted(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
