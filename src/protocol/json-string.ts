const [QUOTE, BACKSLASH] = [0x22, 0x5c];
/** A longer text is looked at faster by JSON.stringify. */
const SHORT = 64;

/**
 * `JSON.stringify(text)`. Of a short text that needs no escape the same is made without that call, which costs several times the look at
 * its characters (decision 11).
 */
export function jsonString(text: string): string {
  if (text.length > SHORT) return JSON.stringify(text);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // JSON.stringify escapes surrogates that stand alone.
    if (unit < 0x20 || unit === QUOTE || unit === BACKSLASH || (unit >= 0xd800 && unit <= 0xdfff))
      return JSON.stringify(text);
  }
  return `"${text}"`;
}
