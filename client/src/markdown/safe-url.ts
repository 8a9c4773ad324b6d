const ALLOWED = new Set(['http:', 'https:', 'mailto:']);
/** Only tells a relative reference from one with a scheme; nothing is ever fetched from it. */
const BASE = 'https://relative.invalid/';

/**
 * The address of a link, percent-encoded, or undefined when it must not become one. The scheme is the one that the
 * URL standard's parser finds, as the browser does: `java\nscript:` and `JaVaScRiPt:` do not pass.
 */
export function safeUrl(href: string): string | undefined {
  const parsed = URL.parse(href, BASE);
  if (!parsed || !ALLOWED.has(parsed.protocol)) return undefined;
  try {
    return encodeURI(href).replaceAll('%25', '%');
  } catch {
    return undefined;
  }
}
