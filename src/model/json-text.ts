import { isUtf8 } from 'node:buffer';

const QUOTE = '"';
const BACKSLASH = 0x5c;
/** From the first to the last character of ASCII that can be printed. */
const [SPACE, TILDE] = [0x20, 0x7e];
/** V8 copies a slice of up to so many characters; a longer one keeps the text that it was cut from. */
const COPIED = 12;

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

/**
 * The texts of JSON strings, at least one, given what stands between their quotes as `endOfText` finds it, in latin1, one character a byte of UTF-8.
 * Null when one of them is no valid JSON string, so that whoever parses it alone says what is wrong.
 *
 * All at once, as one array: a call of JSON.parse costs more than a short text in it. And its strings are new ones, which do not keep
 * what the bodies were sliced from.
 */
export function textsOf(bodies: readonly string[]): string[] | null {
  const [body] = bodies;
  if (bodies.length === 1 && body!.length <= COPIED && isPlain(body!)) return [body!];
  const bytes = Buffer.from(`["${bodies.join('","')}"]`, 'latin1');
  if (!isUtf8(bytes)) return null;
  try {
    return JSON.parse(bytes.toString('utf8')) as string[];
  } catch {
    return null;
  }
}

/** True for a text that says the same without JSON. It has no quote, because `endOfText` found it. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < SPACE || unit > TILDE || unit === BACKSLASH) return false;
  }
  return true;
}
