const QUOTE = '"';
const BACKSLASH = 0x5c;

/** Where the JSON string ends whose first character stands at `start`: the place of its closing quote, or -1. */
export function endOfText(json: string, start: number): number {
  for (let end = json.indexOf(QUOTE, start); end !== -1; end = json.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (end - backslashes > start && json.charCodeAt(end - backslashes - 1) === BACKSLASH)
      backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return -1;
}
