const ALLOWED = /^(?:https?|mailto):/;
/** The parser, which takes a while, can find no other scheme in it. */
const PLAINLY_ALLOWED = /^https?:\/\/\w/;
/** Only tells a relative reference from one with a scheme; nothing is ever fetched from it. */
const BASE = 'https://a.invalid';

/**
 * The address of a link, percent-encoded, or undefined when it must not become one. The scheme is the one that the
 * URL standard's parser finds, as the browser does: `java\nscript:` and `JaVaScRiPt:` do not pass.
 */
export function safeUrl(href: string): string | undefined {
  if (!PLAINLY_ALLOWED.test(href) && !ALLOWED.test(URL.parse(href, BASE)?.protocol ?? '')) return undefined;
  try {
    return encodeURI(href).replaceAll('%25', '%');
  } catch {
    return undefined;
  }
}
