/** Text between braces, without braces in it. */
const PLACEHOLDER = /\{([^{}]*)\}/g;

/**
 * Fills in the placeholders `{…}` that `lookup` knows; all other text stays as it is. One pass: what was filled in is never read as
 * a template again, so that no output of a model can name another (D-50). No placeholder names a file (D-03).
 */
export function fillIn(template: string, lookup: (name: string) => string | undefined): string {
  return template.replaceAll(PLACEHOLDER, (whole, name: string) => lookup(name) ?? whole);
}
